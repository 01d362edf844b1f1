#!/usr/bin/env python3
"""minnow beside other engines, on the same files, alternating.

    ./dev bench peers                                     the table in docs/performance.md, from nothing
    benchmarks/peers/run.py --models llama-3.2-1b:Q4_K_M --alternations 5 --no-write

Installs llama.cpp's published build from npm (node-llama-cpp; its version is in package.json) and numpy and gguf from
PyPI into build/peers, writes model files of random weights there, one at a time, and deletes each when it is measured.
For every file and instruction set, one process of each engine after another does the same work: a prompt, measured the
second time it passes, and greedy decoding after it. A ratio is formed within each alternation, and the table holds the
medians. The instruction sets compare like with like: "best" is what each engine chooses here, "fast" our arithmetic of
that name against the peer's best, "avx512" and "avx2" leave each engine only that.
"""
import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys

from shapes import SHAPES, TYPES

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
DEFAULT_MODELS = ("llama-3.2-1b:Q4_K_M,llama-3.2-1b:Q8_0,llama-3.2-1b:Q4_0,llama-3.2-1b:Q6_K,llama-3.2-1b:F16,"
                  "qwen2.5-0.5b:Q4_K_M,llama-3.2-3b:Q4_K_M")
# What minnow is told, and the one CPU build of llama.cpp that is left in place (None: all of them).
WAYS = {
    "best": ([], None),
    "fast": (["--arithmetic", "fast"], None),
    "avx512": (["--isa", "avx512"], "icelake"),
    "avx2": (["--isa", "avx2"], "haswell"),
}
DEFAULT_WAYS = "best,fast,avx512,avx2"
BEGIN, END = "<!-- peers: begin -->", "<!-- peers: end -->"


def say(text):
    print(text, file=sys.stderr, flush=True)


def install_llama_cpp(folder):
    """node_modules for each CPU build; the packages are installed once and linked."""
    everything = folder / "npm"
    if not (everything / "node_modules" / "node-llama-cpp").exists():
        say("installing node-llama-cpp")
        everything.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "package.json", everything)
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", everything],
                       check=True, stdout=sys.stderr)
        for unused in (everything / "node_modules" / "@node-llama-cpp").glob("*-*-*"):
            shutil.rmtree(unused)  # builds for GPUs
    places = {None: everything / "node_modules"}
    for build in {build for _, build in WAYS.values() if build}:
        place = folder / build
        if not place.exists():
            subprocess.run(["cp", "-al", everything, place], check=True)
            for library in place.glob("node_modules/@node-llama-cpp/linux-x64/bins/*/libggml-cpu-*.so"):
                if library.name != f"libggml-cpu-{build}.so":
                    library.unlink()
        places[build] = place / "node_modules"
    return places


def install_python(folder):
    python = folder / "venv" / "bin" / "python"
    if not python.exists():
        say("installing numpy and gguf")
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "-r", HERE / "requirements.txt"], check=True)
    return python


def last_json(words, **options):
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]}: {done.stderr.strip()}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure_minnow(words, model, way):
    report = last_json([words.minnow, "bench", model, *WAYS[way][0], "-p", words.prompt, "-n", words.decode, "-r", 1,
                        "--batches", 0, "-t", words.threads, "--json"])
    return {"engine": "minnow", "prefill": report["prefill_tokens_per_s"]["median"],
            "decode": report["decode_tokens_per_s"]["median"], "share": report["decode_fraction_of_bandwidth"],
            "bandwidth": report["read_bandwidth_bytes_per_s"]["median"], "threads": report["threads"],
            "prompt_tokens": report["prompt_tokens"], "decode_tokens": report["decode_tokens"],
            "load_ms": report["load_ms"], "rss": report["memory"]["peak_rss_bytes"]}


def measure_llama_cpp(words, model, way, places):
    report = last_json(["node", HERE / "llama_cpp.mjs", places[WAYS[way][1]], model, words.threads, words.prompt,
                        words.decode])
    return {"engine": "llama.cpp", "prefill": report["prefill_tokens_per_s"], "decode": report["decode_tokens_per_s"],
            "threads": report["threads"], "prompt_tokens": report["prompt_tokens"],
            "decode_tokens": report["decode_tokens"], "load_ms": report["load_ms"], "rss": report["peak_rss_bytes"],
            "system": report["system"]}


def require_same_work(*measured):
    for key in ("threads", "prompt_tokens", "decode_tokens"):
        if len({result[key] for result in measured}) != 1:
            raise RuntimeError(f"not comparable: {key} is " + ", ".join(f"{r[key]} in {r['engine']}" for r in measured))


def compare(words, model, way, places):
    """Pairs of measurements, one pair an alternation; who begins alternates too."""
    pairs = []
    for alternation in range(words.alternations):
        runs = [lambda: measure_minnow(words, model, way), lambda: measure_llama_cpp(words, model, way, places)]
        if alternation % 2 == 1:
            results = [run() for run in reversed(runs)][::-1]
        else:
            results = [run() for run in runs]
        require_same_work(*results)
        ours, theirs = results
        say(f"  {model.stem} {way} {alternation + 1}/{words.alternations}: prefill {ours['prefill']:.0f} and "
            f"{theirs['prefill']:.0f}, decode {ours['decode']:.1f} and {theirs['decode']:.1f} tokens/s, "
            f"{100 * ours['share']:.0f}% of the bandwidth")
        pairs.append((ours, theirs))
    return pairs


def median(pairs, value):
    return statistics.median(value(ours, theirs) for ours, theirs in pairs)


def row(shape, file_type, way, pairs):
    cells = [f"{shape} {file_type}", way]
    for key, digits in (("prefill", 0), ("decode", 1)):
        cells += [f"{median(pairs, lambda o, t: o[key]):.{digits}f}", f"{median(pairs, lambda o, t: t[key]):.{digits}f}",
                  f"**{median(pairs, lambda o, t: o[key] / t[key]):.2f}**"]
    cells += [f"{100 * median(pairs, lambda o, t: o['share']):.0f}%", f"{median(pairs, lambda o, t: o['bandwidth']) / 1e9:.1f}"]
    cells += [f"{median(pairs, lambda o, t: o['rss']) / 1e6:.0f}", f"{median(pairs, lambda o, t: t['rss']) / 1e6:.0f}"]
    return "| " + " | ".join(cells) + " |"


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return platform.machine()


def text_of(words, rows):
    version = json.loads((HERE / "package.json").read_text())["dependencies"]["node-llama-cpp"]
    return "\n".join([
        BEGIN,
        f"{datetime.date.today()}, {processor()}, {words.threads} threads; prompt of {words.prompt} tokens, {words.decode} decoded after "
        f"it; medians of {words.alternations}",
        f"alternations with llama.cpp as npm's node-llama-cpp {version} carries it. Load average when it began: "
        f"{words.load:.1f}, on {os.cpu_count()} processors.",
        "",
        "| model | instruction set | prefill, tokens/s | llama.cpp | ratio | decode, tokens/s | llama.cpp | ratio | decode's share "
        "of the bandwidth | bandwidth, GB/s | memory, MB | llama.cpp |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
        *rows, END])


def write_section(path, section):
    text = path.read_text()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    if not rest:
        raise RuntimeError(f"{path} has no section between {BEGIN} and {END}")
    path.write_text(before + section + after)


def at_least_one(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def model_wishes(text):
    wishes = [tuple(wish.split(":")) for wish in text.split(",")]
    for wish in wishes:
        if len(wish) != 2 or wish[0] not in SHAPES or wish[1] not in TYPES:
            raise argparse.ArgumentTypeError(f"{':'.join(wish)!r} is not SHAPE:TYPE with one of {', '.join(SHAPES)} and one of "
                                             f"{', '.join(TYPES)}")
    return wishes


def way_names(text):
    names = text.split(",")
    for name in names:
        if name not in WAYS:
            raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(WAYS)}")
    return names


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", default=DEFAULT_MODELS, type=model_wishes,
                        help=f"SHAPE:TYPE,… of {', '.join(SHAPES)} and {', '.join(TYPES)}")
    parser.add_argument("--ways", type=way_names, help=f"of {', '.join(WAYS)}; default: what this machine has of {DEFAULT_WAYS}")
    parser.add_argument("--alternations", type=at_least_one, default=5)
    parser.add_argument("--prompt", type=at_least_one, default=512)
    parser.add_argument("--decode", type=at_least_one, default=64)
    parser.add_argument("--threads", type=at_least_one, default=2)
    parser.add_argument("--minnow", type=pathlib.Path, default=ROOT / "build" / "release" / "bin" / "minnow")
    parser.add_argument("--folder", type=pathlib.Path, default=ROOT / "build" / "peers", help="for packages and models")
    parser.add_argument("--keep-models", action="store_true")
    parser.add_argument("--no-write", action="store_true", help="leave docs/performance.md as it is")
    return parser.parse_args()


def require_way(words, way):
    """A short run of the embedded model, before anything takes long."""
    last_json([words.minnow, "bench", *WAYS[way][0], "-p", 1, "-n", 1, "-r", 1, "--batches", 0, "--json"])


def usable_ways(words):
    if words.ways:
        for way in words.ways:
            require_way(words, way)
        return words.ways
    usable = []
    for way in DEFAULT_WAYS.split(","):
        try:
            require_way(words, way)
            usable.append(way)
        except RuntimeError as error:
            if way == "best":
                raise
            say(f"without {way}: {error}")
    return usable


def main():
    words = arguments()
    if not words.minnow.is_file():
        raise RuntimeError(f"there is no {words.minnow}: build it, or name it with --minnow")
    words.load = os.getloadavg()[0]
    ways = usable_ways(words)
    places = install_llama_cpp(words.folder)
    python = install_python(words.folder)
    rows, results = [], []
    for shape, file_type in words.models:
        model = words.folder / f"{shape}-{file_type}.gguf"
        if not model.exists():
            say(f"writing {model.name}")
            subprocess.run([python, HERE / "make_model.py", shape, file_type, model], check=True)
        for way in ways:
            pairs = compare(words, model, way, places)
            rows.append(row(shape, file_type, way, pairs))
            results.append({"model": f"{shape}:{file_type}", "way": way, "pairs": pairs})
            (words.folder / "results.json").write_text(json.dumps(results, indent=1))
            print(rows[-1], flush=True)
        if not words.keep_models:
            for left in words.folder.glob(model.name + "*"):  # the pack beside it too
                left.unlink()
    section = text_of(words, rows)
    if not words.no_write:
        write_section(ROOT / "docs" / "performance.md", section)


if __name__ == "__main__":
    try:
        main()
    except RuntimeError as error:
        sys.exit(f"run.py: {error}")
