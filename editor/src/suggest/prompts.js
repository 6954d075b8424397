// The writer's saved prompts, to begin an instruction with.
import { el } from "../dom.js"

const VARIABLE = /\{\{[ \t]*([\p{L}_][\p{L}\p{N}_]{0,39})[ \t]*\}\}/gu
const SELECTION = ["selection", "text"] // what a prompt may call the text that it is asked about
const PASSAGE = "the passage" // as the model is told of it

/** `node` is a list that fills `area`, hidden while there is nothing in it; `note` says what is still in braces, and
 * `isLacking()` whether anything is: it then leads to it. */
export function savedPrompts(area, load) {
  const node = el("select", { "aria-label": "Saved prompts", hidden: true })
  const note = el("p", { class: "sheet-note", role: "status" })
  let prompts = []
  let asked = [] // the variables of the prompt that was chosen
  load().then((found) => {
    prompts = found
    node.append(el("option", { value: "" }, "Saved prompts…"), ...found.map((one, n) => el("option", { value: n }, path(one))))
    node.hidden = !found.length
  })
  node.addEventListener("change", () => {
    const prompt = prompts[node.value]
    if (!prompt) return
    area.value = filled(prompt.version)
    area.rows = 5
    asked = variables(area.value)
    area.focus()
    lead()
  })
  area.addEventListener("input", () => asked.length && tell())

  function left() {
    return variables(area.value).filter((name) => asked.includes(name))
  }

  function tell() {
    const names = left()
    note.textContent = names.length ? `Replace ${names.map((name) => `{{${name}}}`).join(", ")} with what is meant.` : ""
    return names
  }

  function lead() {
    const [name] = tell()
    const found = name && [...area.value.matchAll(VARIABLE)].find(([, other]) => other === name)
    if (found) area.setSelectionRange(found.index, found.index + found[0].length)
    else area.setSelectionRange(area.value.length, area.value.length)
  }

  function isLacking() {
    if (!left().length) return false
    area.focus()
    lead()
    return true
  }

  return { node, note, isLacking }
}

function filled({ system, prompt }) {
  const whole = [system, prompt].filter((text) => text?.trim()).join("\n\n")
  return whole.replace(VARIABLE, (found, name) => (SELECTION.includes(name) ? PASSAGE : found))
}

function variables(text) {
  return [...new Set([...text.matchAll(VARIABLE)].map(([, name]) => name))]
}

function path({ folder, name }) {
  return folder ? `${folder}/${name}` : name
}
