"""Asks EleutherAI's lm-evaluation-harness (PyPI: lm-eval) what it makes of a file of questions: its own tasks with our file
in the place of the data set."""
import pathlib

from lm_eval import simple_evaluate, tasks
from lm_eval.api.metrics import exact_match_hf_evaluate
from lm_eval.filters.extraction import RegexFilter
from lm_eval.tasks._yaml_loader import load_yaml

TASKS = {"mmlu": "mmlu/default/mmlu_marketing.yaml", "arc": "arc/arc_challenge.yaml", "hellaswag": "hellaswag/hellaswag.yaml",
         "gsm8k": "gsm8k/gsm8k.yaml"}


def task(kind, file, examples=None, subject=None):
    config = load_yaml(pathlib.Path(tasks.__file__).parent / TASKS[kind], resolve_func=True)
    config = {key: value for key, value in config.items() if key not in ("tag", "task_alias", "group")}
    splits = {"test": str(file)} | ({"train": str(examples)} if examples else {})
    config |= {"task": f"ours_{kind}", "dataset_path": "json", "dataset_name": None, "dataset_kwargs": {"data_files": splits},
               "test_split": "test", "training_split": "train" if examples else None, "validation_split": None,
               "fewshot_split": "train" if examples else "test"}
    if kind == "mmlu":
        config["description"] = f"The following are multiple choice questions (with answers) about {subject.replace('_', ' ')}.\n\n" if subject else ""
    return config


def gsm8k_match(text, reference):
    """What the harness's two filters find in a text, and whether it counts as the reference: [found, matches] for each."""
    config = load_yaml(pathlib.Path(tasks.__file__).parent / TASKS["gsm8k"], resolve_func=True)
    metric = {key: value for key, value in config["metric_list"][0].items() if key not in ("metric", "aggregation", "higher_is_better")}
    out = []
    for filters in config["filter_list"]:
        words = {key: value for key, value in filters["filter"][0].items() if key != "function"}
        found = RegexFilter(**words).apply([[text]], [{}])[0][0]
        out.append([found, bool(exact_match_hf_evaluate(predictions=[found], references=[reference], **metric)["exact_match"])])
    return out


def samples(model, kind, file, examples=None, shots=0, subject=None, limit=None, **more):
    """One dictionary for each question, in order: prompt, continuations and log-likelihoods (or the answer), and the metrics."""
    done = simple_evaluate(model=model, tasks=[task(kind, file, examples, subject)], num_fewshot=shots, limit=limit, log_samples=True,
                           bootstrap_iters=100, **more)
    out = []
    for sample in sorted(done["samples"][f"ours_{kind}"], key=lambda sample: (sample["doc_id"], sample["filter"])):
        arguments = sample["arguments"]
        item = {"prompt": arguments[0][0], "filter": sample["filter"]}
        if kind == "gsm8k":
            item |= {"text": sample["resps"][0][0], "extracted": sample["filtered_resps"][0], "exact_match": sample["exact_match"]}
        else:
            item |= {"continuations": [argument[1] for argument in arguments],
                     "log_likelihoods": [float(response[0][0]) for response in sample["resps"]]}
            item |= {metric: sample[metric] for metric in ("acc", "acc_norm") if metric in sample}  # mmlu has no acc_norm
        out.append(item)
    return out, done["results"][f"ours_{kind}"]
