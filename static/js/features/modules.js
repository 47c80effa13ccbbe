/* What is loaded when it is first needed, by the name that data-feature and chat.js use. */

export const modules = {
  attachments: () => import("./attachments.js"),
  beginnings: () => import("./beginnings.js"),
  budget: () => import("./budget.js"),
  comments: () => import("./comments.js"),
  countdown: () => import("./countdown.js"),
  dialog: () => import("./dialog.js"),
  editor: () => import("./editor.js"),
  htmx: () => import("./htmx.js"),
  jump: () => import("./jump.js"),
  lists: () => import("./lists.js"),
  menu: () => import("./menu.js"),
  options: () => import("./options.js"),
  people: () => import("./people.js"),
  prompts: () => import("./prompts.js"),
  search: () => import("./search.js"),
  selection: () => import("./selection.js"),
  sharing: () => import("./sharing.js"),
  sidebar: () => import("./sidebar.js"),
  tools: () => import("./tools.js"),
  turn: () => import("./turn.js"),
};
