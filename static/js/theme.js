/* Applies the chosen colours before the first paint, and keeps the choice. */
(() => {
  const root = document.documentElement;

  const stored = () => {
    try {
      return localStorage.getItem("theme") || "system";
    } catch {
      return "system";
    }
  };

  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };

  apply(stored());

  document.addEventListener("DOMContentLoaded", () => {
    for (const radio of document.querySelectorAll('input[name="theme"]')) {
      radio.checked = radio.value === stored();
    }
  });

  document.addEventListener("change", (event) => {
    if (event.target.name !== "theme") return;
    apply(event.target.value);
    try {
      localStorage.setItem("theme", event.target.value);
    } catch {
      /* Private windows may refuse; the choice then lasts as long as the page. */
    }
  });

  addEventListener("storage", (event) => {
    if (event.key === "theme") apply(stored());
  });
})();
