"""Export and import: conversations out of Chatsite as files, and from files into Chatsite.

threads       a conversation as plain values, whatever it comes from or goes to
├── rows, storing          from the tables; into the tables, hidden until all of a file is there
├── document               our own JSON, version 1, written and read (its format is told there)
├── markdown               for people to read
├── chatgpt, openwebui     what these two export, read
├── splitting, archives    large and hostile files, a conversation at a time
└── trees                  any set of messages as a tree that Chatsite can keep

jobs          who works on which transfer, its progress and its end
├── exporting, importing   the two kinds, in steps
└── files                  sealed files in the data directory, which can be read at any place
"""
