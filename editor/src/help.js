// Every shortcut, in a sheet that opens with Ctrl+/ or the button.
import { el } from "./dom.js"

const MAC = /Mac|iPhone|iPad/.test(navigator.platform)
export const SHORTCUTS = [
  ["Writing", [
    ["Ctrl+S", "Save now (it saves by itself, too)"],
    ["Ctrl+Z", "Undo, also of an accepted suggestion"],
    ["Ctrl+Shift+Z", "Redo"],
    ["Ctrl+B", "Bold"],
    ["Ctrl+I", "Italic"],
    ["Ctrl+F", "Find and replace"],
  ]],
  ["Getting about", [
    ["Alt+O", "Outline: show or hide"],
    ["Alt+F", "Focus mode"],
    ["Alt+C", "Show the citation at the cursor"],
    ["Ctrl+/", "This list"],
    ["Tab", "Leave the text"],
  ]],
  ["Suggestions", [
    ["Ctrl+J", "Ask on the selection, or at the cursor"],
    ["F8 and Shift+F8", "Next and previous change"],
    ["Ctrl+Enter", "Accept the change"],
    ["Ctrl+Shift+Enter", "Accept all of this suggestion"],
    ["Alt+Enter", "Edit the change first"],
    ["Escape", "Reject the change, or stop what is being written"],
  ]],
]

export function helpSheet(root, closed) {
  const close = () => {
    sheet.remove()
    closed()
  }
  const button = el("button", { type: "button", onclick: close }, "Close")
  const sheet = el("div", { class: "sheet help", role: "dialog", "aria-label": "Keyboard shortcuts", onkeydown: (event) => event.key === "Escape" && close() })
  for (const [title, keys] of SHORTCUTS) sheet.append(el("h2", {}, title), el("dl", {}, ...keys.flatMap(row)))
  sheet.append(button)
  root.append(sheet)
  button.focus()
  return close
}

function row([key, words]) {
  return [el("dt", {}, el("kbd", {}, MAC ? key.replace(/Ctrl/g, "⌘").replace(/Alt/g, "⌥") : key)), el("dd", {}, words)]
}
