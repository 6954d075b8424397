"""Models as JSON, for API and command line."""

from typing import Any

from writer.domain.models import FoundServer, HubModel, Progress, ServedModel
from writer.services.models.local import LocalModel
from writer.services.models.offers import Offer


def hub_model_json(model: HubModel, lacking: str) -> dict[str, Any]:
    """`lacking` is why the disk has no room for it."""
    return {
        "id": model.id,
        "revision": model.revision,
        "licence": model.licence,
        "licence_url": model.licence_url,
        "gated": model.gated,
        "task": model.task,
        "parameters": model.parameters,
        "bytes": model.size,
        "files": [{"name": file.name, "bytes": file.size} for file in model.files],
        "left_out": list(model.left_out),
        "obstacle": model.obstacle or lacking,
    }


def local_model_json(model: LocalModel) -> dict[str, Any]:
    running = model.running
    return {
        "id": model.id,
        "state": model.state.value,
        "bytes": model.size,
        "licence": model.licence,
        "route": model.route,
        "job_id": model.job_id,
        "trouble": model.trouble,
        "progress": progress_json(model.progress) if model.progress else None,
        "device": running.estimate.choice.device if running and running.estimate else "",
        "memory_bytes": running.estimate.total if running and running.estimate else None,
        "unload_in_s": running.unload_in_s if running else None,
    }


def progress_json(progress: Progress) -> dict[str, Any]:
    return {
        "done_bytes": progress.done,
        "total_bytes": progress.total,
        "bytes_per_s": progress.rate,
        "seconds_left": progress.seconds_left,
        "verifying": progress.verifying,
    }


def served_json(model: ServedModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "bytes": model.size,
        "detail": model.detail,
        "loaded": model.loaded,
        "memory_bytes": model.memory if model.loaded else None,
    }


def server_json(server: FoundServer) -> dict[str, Any]:
    return {
        "preset": server.preset,
        "title": server.title,
        "base_url": server.base_url,
        "models": list(server.models),
    }


def offer_json(offer: Offer) -> dict[str, Any]:
    models = [
        {
            "name": model.name,
            "context": model.facts.context,
            "input_price": model.facts.input_price,
            "output_price": model.facts.output_price,
            "is_local": model.facts.is_free,
        }
        for model in offer.models
    ]
    return {"account": offer.account, "age_s": offer.age_s, "failure": offer.failure, "models": models}
