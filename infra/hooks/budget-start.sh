#!/bin/sh
# Keeps the first day of this month as the budget's start, once for each environment.
set -eu
if [ -z "${BUDGET_START:-}" ]; then
  azd env set BUDGET_START "$(date -u +%Y-%m-01)"
fi
