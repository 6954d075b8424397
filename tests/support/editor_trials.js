// Runs cases of suggestions through the built editor, without a page: a list of changes and decisions for each text.
// Answers for each case with its text after each step.
export function run({ EditorState, Transaction, history, undo, suggesting }, cases) {
  return cases.map((one) => tried(one))

  function tried({ before, text, after, hunks, steps }) {
    const view = {
      state: EditorState.create({ doc: before + text + after, extensions: [history({ minDepth: 1000 }), suggesting.suggestions, suggesting.undoable] }),
      dispatch(spec) {
        this.state = (spec instanceof Transaction ? spec : this.state.update(spec)).state
      },
    }
    view.dispatch = view.dispatch.bind(view)
    view.dispatch({ effects: suggesting.addGroup.of({ id: "a", action: "rewrite", label: "Rewrite", from: before.length, to: before.length + text.length }) })
    const act = {
      type: ({ from, to, insert }) => view.dispatch({ changes: { from, to, insert } }),
      arrive: () => view.dispatch({ effects: [suggesting.setHunks.of({ id: "a", hunks }), suggesting.changeGroup.of({ id: "a", phase: "ready" })] }),
      accept: ({ numbers }) => suggesting.accept(view, "a", numbers),
      reject: ({ numbers }) => suggesting.reject(view, "a", numbers),
      undo: () => undo(view),
    }
    return steps.map((step) => {
      act[step.act](step)
      const { groups } = view.state.field(suggesting.suggestions)
      return [view.state.doc.toString(), groups[0].hunks.map(({ state }) => state[0]).join("")] // o, a, r, s
    })
  }
}
