"""How a model is loaded: device, numbers, and what memory that takes before it is done."""

import streamlit as st

from pages._shared import drawers
from pages._shared.app import current_actor, get_app
from writer.domain.models import said_bytes
from writer.domain.ports.local_models import AUTO, DeviceOffer, LocalChoice, Precision, Quantisation
from writer.security.render import as_markdown

_PRECISIONS = {
    Precision.AUTO: "Automatic",
    Precision.FLOAT32: "32 bits (float32)",
    Precision.BFLOAT16: "16 bits (bfloat16)",
    Precision.FLOAT16: "16 bits (float16)",
}
_QUANTISATIONS = {
    Quantisation.NONE: "As downloaded",
    Quantisation.INT8: "8 bits: about half the memory of 16",
    Quantisation.INT4: "4 bits: about a quarter of the memory of 16",
}


def load_form(model_id: str) -> None:
    app, actor = get_app(), current_actor()
    with st.spinner("Looking at this machine…"):
        devices = {device.name: device for device in app.models.runtime.devices()}
    _begin(model_id, app.models.runtime.default(model_id), devices)
    chosen = _chosen(devices)
    estimate = app.models.estimate(model_id, chosen, actor)
    needs, free = st.columns(2)
    needs.metric("Memory it needs", said_bytes(estimate.total))
    free.metric("Free", said_bytes(estimate.free))
    if estimate.fits:
        st.caption(as_markdown(estimate.sentence, 600))
    else:
        st.warning(as_markdown(estimate.sentence, 600), icon=":material/memory:")
    for number, smaller in enumerate(estimate.smaller[:3] if not estimate.fits else ()):
        st.button(f"Choose {_said(smaller)}", key=f"load:smaller:{number}", on_click=_put, args=(smaller,))
    if st.button("Load", type="primary", icon=":material/memory:", key="load:now", disabled=not estimate.fits):
        app.models.load(model_id, actor, chosen)
        drawers.close("It is being loaded.")


def _begin(model_id: str, choice: LocalChoice, devices: dict[str, DeviceOffer]) -> None:
    """The widgets begin with how the model was loaded last."""
    if st.session_state.get("load:of") != model_id:
        st.session_state["load:of"] = model_id
        _put(choice if choice.device in (AUTO, *devices) else LocalChoice())


def _put(choice: LocalChoice) -> None:
    st.session_state.update(
        {
            "load:device": choice.device,
            "load:precision": choice.precision,
            "load:quantisation": choice.quantisation,
            "load:context": choice.context,
            "load:together": choice.together,
        }
    )


def _chosen(devices: dict[str, DeviceOffer]) -> LocalChoice:
    titles = {AUTO: "Automatic"} | {name: f"{d.title}, {said_bytes(d.free_bytes)} free" for name, d in devices.items()}
    device = st.selectbox("Device", list(titles), format_func=lambda name: titles[name], key="load:device")
    offered = [devices[device]] if device in devices else list(devices.values())[:1]
    precisions = [Precision.AUTO, *(p for d in offered for p in d.precisions if p is not Precision.AUTO)]
    quantisations = [Quantisation.NONE, *(q for d in offered for q in d.quantisations if q is not Quantisation.NONE)]
    left, right = st.columns(2)
    _within("load:precision", precisions)
    _within("load:quantisation", quantisations)
    precision = left.selectbox("Numbers", precisions, format_func=_PRECISIONS.__getitem__, key="load:precision")
    quantisation = right.selectbox(
        "Weights", quantisations, format_func=_QUANTISATIONS.__getitem__, key="load:quantisation"
    )
    left, right = st.columns(2)
    context = left.number_input(
        "Longest text, in tokens", min_value=0, step=512, key="load:context", help="0: all that the model can read."
    )
    together = right.number_input("Sections written side by side", min_value=1, max_value=8, key="load:together")
    return LocalChoice(device, precision, quantisation, int(context), int(together))


def _within(key: str, offered: list[Precision] | list[Quantisation]) -> None:
    """Another device may not offer what was chosen for the one before."""
    if st.session_state.get(key) not in offered:
        st.session_state[key] = offered[0]


def _said(choice: LocalChoice) -> str:
    parts = [_PRECISIONS[choice.precision].lower()]
    if choice.quantisation is not Quantisation.NONE:
        parts.append(_QUANTISATIONS[choice.quantisation].partition(":")[0])
    if choice.context:
        parts.append(f"{choice.context:,} tokens")
    parts.append(f"{choice.together} side by side")
    return ", ".join(parts)
