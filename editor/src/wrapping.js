import { EditorSelection } from "@codemirror/state"

/** A command that puts the selection between two marks, or takes them away again. */
export function wrapWith(mark) {
  return (view) => {
    view.dispatch(
      view.state.changeByRange(({ from, to }) => {
        const around = view.state.sliceDoc(from - mark.length, from) === mark && view.state.sliceDoc(to, to + mark.length) === mark
        const changes = around
          ? [{ from: from - mark.length, to: from }, { from: to, to: to + mark.length }]
          : [{ from, insert: mark }, { from: to, insert: mark }]
        const shift = around ? -mark.length : mark.length
        return { changes, range: EditorSelection.range(from + shift, to + shift) }
      }),
      { userEvent: "input", scrollIntoView: true },
    )
    return true
  }
}
