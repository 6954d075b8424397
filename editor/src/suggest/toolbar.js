// A small bar at a selection, and the menu with everything that can be asked for (Ctrl+J).
import { StateEffect, StateField } from "@codemirror/state"
import { showTooltip } from "@codemirror/view"
import { el, press } from "../dom.js"
import { savedPrompts } from "./prompts.js"

export const redraw = StateEffect.define() // what can be asked for has become known
const MOST = 4000 // characters of an instruction
const QUICK = ["rewrite", "shorten", "expand", "grammar"]

/** `offer()` gives what the server offers, `begin(action)` starts one, `menu()` opens the menu. */
export function selectionBar({ offer, begin, menu }) {
  return StateField.define({
    create: () => null,
    update: (value, transaction) => (transaction.selection || transaction.docChanged || transaction.effects.some((effect) => effect.is(redraw)) ? bar(transaction.state) : value),
    provide: (field) => showTooltip.from(field),
  })

  function bar(state) {
    const { main } = state.selection
    if (!offer() || main.empty || !state.sliceDoc(main.from, main.to).trim()) return null
    return { pos: main.from, end: main.to, above: true, create: () => ({ dom: dom() }) }
  }

  function dom() {
    const { actions, model } = offer()
    const quick = (model ? QUICK : ["tighten", "typography"]).map((name) => actions.find((action) => action.name === name)).filter(Boolean)
    const buttons = quick.map((action) => press(action.label, () => begin(action), { title: action.help }))
    return el("div", { class: "ask-bar", role: "toolbar", "aria-label": "Ask on the selection" }, ...buttons, press("More…", () => menu(), { title: "Everything that can be asked for (Ctrl+J)" }))
  }
}

/** The menu as a dialog over the editor. `chosen(action, more)` and `passed(pass, more)` start what was picked; `costOf(pass)`
 * and `prompts()` ask the server. */
export function openMenu(root, { offer, hasSelection, chosen, passed, costOf, prompts, closed }) {
  const dialog = el("div", { class: "sheet ask-menu", role: "dialog", "aria-label": "Ask for a suggestion" })
  const close = () => {
    dialog.remove()
    closed()
  }
  dialog.addEventListener("keydown", (event) => moveInMenu(event, dialog, close))
  dialog.addEventListener("focusout", (event) => dialog.contains(event.relatedTarget) || !event.relatedTarget || close())
  root.append(dialog)
  showList()

  function showList() {
    dialog.replaceChildren()
    if (!offer.model) dialog.append(el("p", { class: "sheet-note" }, offer.no_model))
    dialog.append(group(hasSelection ? "The selected text" : "At the cursor", offer.actions, (action) => pick(action, chosen), hasSelection))
    if (offer.passes?.length) dialog.append(group("The whole draft", offer.passes, (pass) => pick(pass, passed), true))
    dialog.querySelector("button:not([disabled])")?.focus()
  }

  function group(title, items, act, selected) {
    const block = el("div", { role: "group", "aria-label": title }, el("h2", {}, title))
    for (const item of items) {
      const impossible = (item.needs_model && !offer.model) || (item.needs_selection && !selected)
      const more = (isPass(item) ? asksHow(item) : item.choices?.length || item.has_instruction) && !item.label.endsWith("…")
      const name = more ? `${item.label}…` : item.label
      block.append(el("button", { type: "button", disabled: impossible, title: item.help, onclick: () => act(item) }, el("span", {}, name), el("small", {}, item.help ?? "")))
    }
    return block
  }

  function asksHow(pass) {
    return pass.may_use_model && offer.model
  }

  function pick(item, start) {
    if (isPass(item)) {
      if (asksHow(item)) return showPass(item, start)
    } else if (item.choices?.length || item.has_instruction) return showForm(item, start)
    close()
    start(item, {})
  }

  function showForm(item, start) {
    const field = item.choice_field || "instruction"
    const begin = (value) => {
      if (!value.trim()) return
      close()
      start(item, { [field]: value.trim() })
    }
    const typed = item.has_instruction || item.choices_are_suggestions
    dialog.replaceChildren(el("h2", {}, item.label))
    for (const choice of item.choices ?? []) dialog.append(el("button", { type: "button", onclick: () => begin(choice.value) }, el("span", {}, choice.label)))
    if (typed) dialog.append(instruction(item, begin, item.has_instruction && prompts))
    dialog.querySelector("button, textarea")?.focus()
  }

  /** By rules alone, or a model beside them: what that costs is said before it is begun. */
  function showPass(pass, start) {
    const cost = el("small", { role: "status" }, "Its cost is being looked up…")
    const label = "Rules of your own for the model"
    const area = pass.has_instruction ? el("textarea", { rows: "2", "aria-label": label, placeholder: label, maxlength: MOST }) : null
    const begin = (more) => {
      close()
      start(pass, more)
    }
    const withModel = () => begin({ model: true, ...(area?.value.trim() ? { instruction: area.value.trim() } : {}) })
    dialog.replaceChildren(
      el("h2", {}, pass.label),
      el("button", { type: "button", onclick: () => begin({}) }, el("span", {}, "By rules"), el("small", {}, "Costs nothing.")),
      ...(area ? [el("div", { class: "instruction" }, area)] : []),
      el("button", { type: "button", onclick: withModel }, el("span", {}, "By rules and a model"), cost),
    )
    costOf(pass).then((sentence) => (cost.textContent = sentence))
    dialog.querySelector("button").focus()
  }
}

function isPass(item) {
  return "may_use_model" in item
}

/** `prompts` gives the writer's saved ones, where they may be used. */
function instruction(item, begin, prompts) {
  const area = el("textarea", { rows: "2", "aria-label": "What should be done", placeholder: item.choices?.length ? "Or in your own words" : "What should be done?" })
  area.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
    event.preventDefault()
    ask()
  })
  const saved = prompts ? savedPrompts(area, prompts) : null
  const ask = () => saved?.isLacking() || begin(area.value)
  return el("div", { class: "instruction" }, saved?.node, area, saved?.note, el("button", { type: "button", class: "primary", onclick: ask }, "Ask"))
}

function moveInMenu(event, dialog, close) {
  if (event.key === "Escape") {
    event.preventDefault()
    return close()
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return
  if (["TEXTAREA", "SELECT"].includes(event.target.tagName)) return
  event.preventDefault()
  const buttons = [...dialog.querySelectorAll("button:not([disabled])")]
  const at = buttons.indexOf(dialog.getRootNode().activeElement)
  buttons[(at + (event.key === "ArrowDown" ? 1 : -1) + buttons.length) % buttons.length]?.focus()
}
