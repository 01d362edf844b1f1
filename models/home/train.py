"""Trains the model for a given number of minutes on sentences made as it goes; none is seen twice.

    python train.py --tokenizer /tmp/home/tokenizer.json --out /tmp/home/model.pt --minutes 45

The schedule follows the clock, not the step count, so a busy machine trains less but still ends with a low rate.
"""

import argparse
import itertools
import random
import time

import torch
import torch.nn.functional as F
from torch import distributed, multiprocessing
from tokenizers import Tokenizer

from generator.corpus import stream
from model import Model, Shape
from tokens import END, prompt_text, read_extra_text

LENGTHS = (40, 56, 80, 144)  # examples are padded up to one of these; each is compiled once
TOKENS_PER_STEP = 3072       # and per process
CHUNK = 4096                 # examples generated at a time


def encode(tokenizer, pairs):
    """(tokens, where the answer begins) for each pair that fits."""
    prompts = tokenizer.encode_batch([prompt_text(text) for text, _ in pairs], add_special_tokens=False)
    answers = tokenizer.encode_batch([answer + END for _, answer in pairs], add_special_tokens=False)
    for prompt, answer in zip(prompts, answers):
        if len(prompt.ids) + len(answer.ids) <= LENGTHS[-1]:
            yield prompt.ids + answer.ids, len(prompt.ids)


def batches(tokenizer, examples, rng):
    """Batches (tokens, targets) of one length each; targets are -100 outside the answer."""
    by_length = {length: [] for length in LENGTHS}
    for chunk in iter(lambda: list(itertools.islice(examples, CHUNK)), []):
        for tokens, start in encode(tokenizer, chunk):
            by_length[next(length for length in LENGTHS if len(tokens) <= length)].append((tokens, start))
        ready = []
        for length, waiting in by_length.items():
            size = TOKENS_PER_STEP // length
            while len(waiting) >= size:
                ready.append((length, waiting[:size]))
                del waiting[:size]
        rng.shuffle(ready)
        for length, rows in ready:
            yield to_tensors(rows, length)


def to_tensors(rows, length):
    tokens = torch.zeros(len(rows), length, dtype=torch.long)
    targets = torch.full((len(rows), length), -100)
    for row, (ids, start) in enumerate(rows):
        tokens[row, : len(ids)] = torch.tensor(ids)
        targets[row, start - 1 : len(ids) - 1] = torch.tensor(ids[start:])
    return tokens, targets


class Muon(torch.optim.Optimizer):
    """Momentum whose step is made orthogonal: for hidden matrices it learns about twice as fast per token as AdamW.

    Each process makes the steps of its share of the matrices; their sum is everybody's step.
    """

    def __init__(self, parameters, rank, processes, lr=0.02, momentum=0.95):
        super().__init__(parameters, {"lr": lr, "momentum": momentum})
        self.rank, self.processes = rank, processes

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            parameters = group["params"]
            steps = [torch.zeros_like(parameter) for parameter in parameters]
            for index in range(self.rank, len(parameters), self.processes):
                parameter = parameters[index]
                velocity = self.state[parameter].setdefault("velocity", torch.zeros_like(parameter))
                velocity.lerp_(parameter.grad, 1 - group["momentum"])
                scale = max(1, parameter.shape[0] / parameter.shape[1]) ** 0.5
                steps[index] = orthogonal(parameter.grad.lerp(velocity, group["momentum"])) * scale
            for parameter, step in zip(parameters, summed(steps, self.processes)):
                parameter.mul_(1 - group["lr"] * 0.01).add_(step, alpha=-group["lr"])


def summed(tensors, processes):
    """The tensors added up over all processes, in one exchange."""
    if processes == 1:
        return tensors
    flat = torch.cat([tensor.reshape(-1) for tensor in tensors])
    distributed.all_reduce(flat)
    return [part.view_as(tensor) for part, tensor in zip(flat.split([tensor.numel() for tensor in tensors]), tensors)]


def orthogonal(matrix: torch.Tensor, iterations: int = 5) -> torch.Tensor:
    """Newton-Schulz: pulls all singular values towards 1 with products only."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = matrix.bfloat16()
    tall = x.shape[0] > x.shape[1]
    x = x.T if tall else x
    x = x / (x.norm() + 1e-7)
    for _ in range(iterations):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return (x.T if tall else x).float()


def rate(progress: float, hold: bool) -> float:
    """Warms up over 2% of the time, holds, then falls in a straight line to nothing over the last 60%."""
    return min(1.0, 0.02 + progress / 0.02, 1.0 if hold else (1 - progress) / 0.6)


def loss_of(model, tokens, targets):
    chosen = targets != -100
    logits = F.linear(model.trunk(tokens)[chosen], model.token_embd.weight)
    return F.cross_entropy(logits.float(), targets[chosen])


@torch.no_grad()
def exact_match(model, validation):
    """Share of validation answers that greedy decoding would give letter for letter."""
    right = total = 0
    for tokens, targets in validation:
        with torch.autocast("cpu", torch.bfloat16):
            predicted = model(tokens).argmax(-1)
        correct = ((predicted == targets) | (targets == -100)).all(-1)
        right, total = right + correct.sum().item(), total + len(correct)
    return right / total


def train(rank: int, options):
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    if options.processes > 1:
        distributed.init_process_group("gloo", init_method=f"file://{options.out}.meeting", rank=rank, world_size=options.processes)
    rng = random.Random(options.seed + rank)
    tokenizer = Tokenizer.from_file(options.tokenizer)
    model = Model(Shape(layers=options.layers))
    if options.start_from:
        model.load_state_dict(torch.load(options.start_from)["model"])
    for layer in model.blk:
        layer.compile(dynamic=False)
    hidden = [p for name, p in model.named_parameters() if name.startswith("blk") and p.dim() == 2]
    others = [p for name, p in model.named_parameters() if not (name.startswith("blk") and p.dim() == 2)]
    optimizers = [Muon(hidden, rank, options.processes, lr=0.02 * options.rate), torch.optim.AdamW(others, lr=0.003 * options.rate, betas=(0.9, 0.98), weight_decay=0.0)]
    groups = [group for optimizer in optimizers for group in optimizer.param_groups]
    peaks = [group["lr"] for group in groups]
    validation = list(itertools.islice(batches(tokenizer, itertools.islice(stream(99, validation=True), CHUNK), rng), 4))
    examples = stream(1000 * options.seed + rank, extra_unknown=read_extra_text(options.extra_text))

    begin = last_report = time.time()
    tokens_seen = recent = 0
    for step, (tokens, targets) in enumerate(batches(tokenizer, examples, rng)):
        # Processes must agree when to stop, so the slowest clock decides; the rate follows from the same number.
        progress = summed([torch.tensor([(time.time() - begin) / (options.minutes * 60)])], options.processes)[0].item() / options.processes
        if progress >= 1:
            break
        for peak, group in zip(peaks, groups):
            group["lr"] = peak * rate(progress, options.hold)
        with torch.autocast("cpu", torch.bfloat16):
            loss = loss_of(model, tokens, targets)
        loss.backward()
        everything = hidden + others
        for parameter, gradient in zip(everything, summed([p.grad for p in everything], options.processes)):
            parameter.grad = gradient / options.processes
        torch.nn.utils.clip_grad_norm_(everything, 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad(set_to_none=True)
        tokens_seen += tokens.numel() * options.processes
        recent = loss.item() if step == 0 else 0.97 * recent + 0.03 * loss.item()
        if rank == 0 and time.time() - last_report > 120:
            last_report = time.time()
            torch.save({"model": model.state_dict(), "layers": options.layers}, options.out)
            print(f"{progress:6.1%} step {step} tokens {tokens_seen/1e6:.2f}M loss {recent:.4f} held-out exact {exact_match(model, validation):.3f}", flush=True)
    if rank == 0:
        torch.save({"model": model.state_dict(), "layers": options.layers}, options.out)
        print(f"done: {tokens_seen/1e6:.1f}M tokens, held-out exact {exact_match(model, validation):.3f}", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--tokenizer", required=True)
    arguments.add_argument("--out", required=True)
    arguments.add_argument("--minutes", type=float, default=45)
    arguments.add_argument("--processes", type=int, default=2, help="one thread each; they share every step")
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--layers", type=int, default=Shape.layers)
    arguments.add_argument("--rate", type=float, default=1.0, help="scales the learning rates")
    arguments.add_argument("--hold", action="store_true", help="keep the rate up to the end, for a run to be continued with --start-from")
    arguments.add_argument("--start-from", help="a checkpoint with the same tokenizer to go on from")
    arguments.add_argument("--extra-text", help="optional file of sentences to decline; see tokens.py")
    options = arguments.parse_args()
    if options.processes == 1:
        train(0, options)
    else:
        multiprocessing.spawn(train, (options,), options.processes)


if __name__ == "__main__":
    main()
