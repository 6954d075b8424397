// The component's entry: one editor for each draft, shown where the page wants it.
import { Editor } from "./editor.js"
import style from "./style.css"

const editors = new Map() // by draft: text, cursor and history survive a switch of pages
const mounted = new WeakMap() // by parent element

export default function (component) {
  const { parentElement, data } = component
  let editor = mounted.get(parentElement)
  if (editor && editor.draft !== data.draft) {
    editor.unmount()
    editor = undefined
  }
  if (!editor) {
    if (!editors.has(data.draft)) editors.set(data.draft, new Editor(data))
    mounted.set(parentElement, (editor = editors.get(data.draft)))
    if (editor.shell) editor.unmount()
    if (!parentElement.querySelector("style[data-writer]")) {
      const sheet = document.createElement("style")
      sheet.dataset.writer = ""
      sheet.textContent = style
      parentElement.append(sheet)
    }
    editor.mount(parentElement, component)
  }
  editor.render(component)
  return () => {
    if (mounted.get(parentElement) === editor) mounted.delete(parentElement)
    if (editor.shell && parentElement.contains(editor.shell.root)) editor.unmount()
  }
}

// The same file says how suggestions behave to whoever tries it without a page: see tests/support/editor_trials.js.
export * as suggesting from "./suggest/ranges.js"
export { EditorState, Transaction } from "@codemirror/state"
export { history, redo, undo } from "@codemirror/commands"
