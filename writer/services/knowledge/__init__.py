"""What the writer's sources hold: taking them in, finding passages in them, letting them go."""
