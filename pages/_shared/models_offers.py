"""What each provider offers, with context size and price where they are known."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from pages._shared.app import current_actor, get_app
from pages._shared.banner import banners
from pages._shared.text import ago, counted
from writer.domain.models import ModelFacts
from writer.security.render import as_markdown
from writer.services.models import Offer

_SHOWN = 30


def draw_offers() -> None:
    app, actor = get_app(), current_actor()
    offers = app.offers.known(actor)
    if not offers:
        st.info("No provider is set up. Add one in Settings, under Providers.", icon=":material/hub:")
        return
    st.caption(
        "Context sizes and prices come from a public list that is part of Writer; unknown stays unknown. Your "
        "provider's bill is what counts."
    )
    if st.button("Ask all for their lists", icon=":material/refresh:", key="offers:ask"):
        with banners(), st.spinner("Asking each provider…"):
            offers = app.offers.ask(actor)
    wanted = st.text_input("Filter", key="offers:filter", placeholder="mini", autocomplete="off").strip().casefold()
    for offer in offers:
        _offer(offer, wanted)


def _offer(offer: Offer, wanted: str) -> None:
    models = [model for model in offer.models if wanted in model.name.casefold()]
    asked = "the models of your settings; not asked yet" if offer.age_s is None else _asked(offer.age_s)
    with st.container(border=True, key=f"offer:{offer.account}", gap="small"):
        st.markdown(f"**{as_markdown(offer.account)}** {as_markdown(offer.title)}")
        if offer.failure:
            st.warning(as_markdown(offer.failure, 400), icon=":material/cloud_off:")
            asked = "the models of your settings"
        st.caption(f"{counted(len(models), 'model')} · {asked}")
        lines = [f"- **{as_markdown(model.name)}** {_said(model.facts)}" for model in models[:_SHOWN]]
        if lines:
            st.markdown("\n".join(lines))
        if len(models) > _SHOWN:
            st.caption(f"{len(models) - _SHOWN} more: narrow them down with the filter.")


def _asked(age_s: float) -> str:
    now = datetime.now(UTC)
    return f"asked {ago(now - timedelta(seconds=age_s), now)}"


def _said(facts: ModelFacts) -> str:
    parts = [f"reads {facts.context:,} tokens"] if facts.context else []
    if facts.is_free:
        parts.append("runs on your own machine")
    elif facts.input_price is not None and facts.output_price is not None:
        parts.append(f"\\${facts.input_price:,.2f} in, \\${facts.output_price:,.2f} out for a million tokens")
    else:
        parts.append("price not known")
    return " · ".join(parts)
