// Two versions of the same paragraphs: the writer sees both and decides for each. Nothing is saved until then.
import { EditorState } from "@codemirror/state"
import { EditorView, keymap } from "@codemirror/view"
import { acceptChunk, getChunks, rejectChunk, unifiedMergeView } from "@codemirror/merge"
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands"
import { el } from "./dom.js"
import { prose } from "./prose.js"

/** Shows `merged` (see merge3.js) in `root` and resolves to the text that the writer settled on. */
export function decide(root, merged, shadow) {
  return new Promise((resolve) => {
    const view = new EditorView({ state: stateOf(merged, () => tell()), root: shadow })
    const status = el("p", { role: "status" })
    const save = el("button", { type: "button", class: "primary", onclick: () => end() }, "Save this text")
    const every = (decideOne) => {
      while (open(view)) decideOne(view, getChunks(view.state).chunks[0].fromB)
    }
    const bar = el(
      "div",
      { class: "conflict-bar" },
      el("div", {}, el("h2", {}, "This draft was changed somewhere else"), status),
      el("button", { type: "button", onclick: () => every(acceptChunk) }, "Keep all of mine"),
      el("button", { type: "button", onclick: () => every(rejectChunk) }, "Take all of theirs"),
      save,
    )
    const panel = el("section", { class: "conflict", tabindex: "-1", "aria-label": "Two versions of the text" }, bar, view.dom)
    root.append(panel)
    tell()
    panel.focus() // no button: who is typing now would press it with the next space

    function tell() {
      const left = open(view)
      save.disabled = left > 0
      status.textContent = left
        ? `${left === 1 ? "One place differs" : `${left} places differ`}: struck is theirs, marked is yours. Decide for each, or edit the text.`
        : "Everything is decided."
    }
    function end() {
      const text = view.state.doc.toString()
      view.destroy()
      panel.remove()
      resolve(text)
    }
  })
}

function open(view) {
  return getChunks(view.state)?.chunks.length ?? 0
}

function stateOf({ text, theirs }, told) {
  return EditorState.create({
    doc: text,
    extensions: [
      history(),
      keymap.of([...historyKeymap, ...defaultKeymap]),
      prose(),
      EditorView.contentAttributes.of({ "aria-label": "The text with both versions", tabindex: "0", spellcheck: "true" }),
      unifiedMergeView({ original: theirs, gutter: false, allowInlineDiffs: false, mergeControls: control }),
      EditorView.updateListener.of(() => queueMicrotask(told)),
    ],
  })
}

function control(type, act) {
  const label = type === "accept" ? "Keep mine" : "Take theirs"
  return el("button", { type: "button", class: `choose ${type}`, onmousedown: act, onclick: (event) => event.detail === 0 && act(event) }, label)
}
