"""Help with text that is there: suggestions for a selection and passes over a whole draft, always as hunks.

`actions.py` says what there is, `service.py` how it is asked for; `model.py` asks a model, `tightening.py`,
`typography.py`, `headings.py`, `lists.py` and `terms.py` need none.
"""
