"""A kernel of its own language for tests: ``let NAME NUMBER``, ``expect NAME NUMBER``, ``show NAME``, ``loop``."""

from __future__ import annotations

import time
from typing import Any

from ipykernel.kernelapp import IPKernelApp
from ipykernel.kernelbase import Kernel


class Calculator(Kernel):
    """Keeps numbers under names."""

    implementation = "calculator"
    implementation_version = language_version = "1"
    banner = ""
    language_info = {"name": "calculator", "mimetype": "text/plain", "file_extension": ".calc"}  # noqa: RUF012

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.numbers: dict[str, float] = {}

    async def do_execute(self, code: str, *args: Any, **options: Any) -> dict[str, Any]:
        """Run a cell line by line."""
        for line in code.splitlines():
            why = self.run(line.split())
            if why:
                error = {"ename": "CalculatorError", "evalue": why, "traceback": [why]}
                self.send_response(self.iopub_socket, "error", error)
                return {"status": "error", "execution_count": self.execution_count, **error}
        return {"status": "ok", "execution_count": self.execution_count, "payload": [], "user_expressions": {}}

    def run(self, words: list[str]) -> str:
        """Run a line and return why it failed."""
        match words:
            case ["let", name, number]:
                self.numbers[name] = float(number)
            case ["expect", name, number] if self.numbers.get(name) != float(number):
                return f"{name} is {self.numbers.get(name)}, not {number}"
            case ["expect", _, _]:
                pass
            case ["show", name]:
                shown = {"data": {"text/plain": str(self.numbers[name])}, "metadata": {}}
                self.send_response(self.iopub_socket, "execute_result", {"execution_count": 1, **shown})
            case ["loop"]:
                while True:
                    time.sleep(0.01)
            case _:
                return f"not understood: {' '.join(words)}"
        return ""


if __name__ == "__main__":
    IPKernelApp.launch_instance(kernel_class=Calculator)
