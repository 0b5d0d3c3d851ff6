import { stringify } from 'yaml';
import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import type { TrainingConfig, TrainingExportFormat } from '../../contract/adaptation/schema.ts';

/** What a recipe depends on. */
export interface RecipeInput {
	readonly format: TrainingExportFormat;
	readonly config: Pick<TrainingConfig, 'objective' | 'settings'>;
	/** Name of the base, to be replaced by its original weights. */
	readonly base: string;
	readonly train: number;
	readonly validation: number;
}

/** Names of Hugging Face's modules; other architectures name theirs the same, or `all-linear` finds them. */
const attentionModules = ['q_proj', 'k_proj', 'v_proj', 'o_proj'];
const linearModules = [...attentionModules, 'gate_proj', 'up_proj', 'down_proj'];

/**
 * Returns the config or script of a program that trains elsewhere, by file name, and how to run it. Written for TRL 1.16,
 * Unsloth 2026.10, Axolotl 0.19 and MLX-LM 0.32. Throws Failure `export-unsupported`.
 */
export function recipeFiles(input: RecipeInput): Record<string, string> {
	switch (input.format) {
		case 'trl':
			return { 'train.py': trlScript(input), 'README.md': readme(input, 'pip install trl peft\npython train.py') };
		case 'unsloth':
			return { 'train.py': unslothScript(input), 'README.md': readme(input, 'pip install unsloth\npython train.py') };
		case 'axolotl':
			return {
				'config.yaml': stringify(axolotlConfig(input), { aliasDuplicateObjects: false }),
				'README.md': readme(input, 'pip install axolotl\naxolotl train config.yaml'),
			};
		case 'mlx-lm':
			if (input.config.objective === 'dpo') {
				throw new Failure({
					code: 'export-unsupported',
					message: said`MLX-LM can’t learn from preferences.`,
					next: [said`Choose TRL, Unsloth or Axolotl`, said`Learn from good answers instead`],
				});
			}
			return {
				'config.yaml': stringify(mlxConfig(input), { aliasDuplicateObjects: false }),
				'README.md': readme(input, 'pip install mlx-lm\nmlx_lm.lora --config config.yaml'),
			};
	}
}

function readme({ base }: RecipeInput, commands: string): string {
	return `# Fine-tune ${base}

Written by Assay. Set the name of the base to its original weights on the Hub or on disk: the GGUF file that Assay uses is
for answering only.

\`\`\`sh
${commands}
\`\`\`

Bring the result back: Models, Import adapter in Assay, or \`assay adapters import adapter\`.
`;
}

/** Steps of the whole run. */
function stepsOf({ config: { settings }, train }: RecipeInput): number {
	const steps = Math.ceil((settings.epochs * train) / Math.min(settings.samplesPerStep, train));
	return settings.maxSteps === null ? steps : Math.min(steps, settings.maxSteps);
}

const schedules = { cosine: 'cosine', linear: 'linear', constant: 'constant_with_warmup' } as const;

/** Python's literal of a value. */
function python(value: string | number | boolean | readonly string[]): string {
	if (typeof value === 'boolean') return value ? 'True' : 'False';
	return JSON.stringify(value);
}

/** Arguments shared by SFTConfig and DPOConfig. */
function trlArguments(input: RecipeInput): string {
	const {
		config: { objective, settings },
		validation,
	} = input;
	const values: Record<string, string | number | boolean> = {
		output_dir: 'adapter',
		learning_rate: settings.learningRate,
		lr_scheduler_type: schedules[settings.schedule],
		// transformers 5 has no warmup_ratio any more.
		warmup_steps: Math.round(settings.warmup * stepsOf(input)),
		weight_decay: settings.weightDecay,
		max_grad_norm: settings.clip,
		num_train_epochs: settings.epochs,
		...(settings.maxSteps === null ? {} : { max_steps: settings.maxSteps }),
		per_device_train_batch_size: settings.samplesPerStep,
		max_length: settings.maxTokens,
		seed: settings.seed,
		...(objective === 'dpo' ? { beta: settings.beta } : {}),
		...(validation > 0 ? { eval_strategy: 'epoch' } : {}),
	};
	return Object.entries(values)
		.map(([name, value]) => `        ${name}=${python(value)},`)
		.join('\n');
}

function loadData({ validation }: RecipeInput): string {
	return `data = load_dataset("json", data_files={"train": "train.jsonl"${validation > 0 ? ', "validation": "valid.jsonl"' : ''}})`;
}

function trainerCall(input: RecipeInput, more: string): string {
	const {
		config: { objective },
		validation,
	} = input;
	const kind = objective === 'dpo' ? 'DPO' : 'SFT';
	return `trainer = ${kind}Trainer(
    model=model,
    args=${kind}Config(
${trlArguments(input)}
    ),
    train_dataset=data["train"],
${validation > 0 ? '    eval_dataset=data["validation"],\n' : ''}${more})
trainer.train()
trainer.save_model("adapter")
`;
}

function trlScript(input: RecipeInput): string {
	const { objective, settings } = input.config;
	const kind = objective === 'dpo' ? 'DPO' : 'SFT';
	const modules = settings.modules === 'attention' ? python(attentionModules) : '"all-linear"';
	return `from datasets import load_dataset
from peft import LoraConfig
from trl import ${kind}Config, ${kind}Trainer

# The original weights of the model that Assay calls ${python(input.base)}.
model = ${python(input.base)}

${loadData(input)}
peft_config = LoraConfig(
    r=${settings.rank},
    lora_alpha=${settings.alpha},
    lora_dropout=${settings.dropout},
    use_rslora=${python(settings.rankStabilised)},
    target_modules=${modules},
    task_type="CAUSAL_LM",
)
${trainerCall(input, '    peft_config=peft_config,\n')}`;
}

function unslothScript(input: RecipeInput): string {
	const { objective, settings } = input.config;
	const kind = objective === 'dpo' ? 'DPO' : 'SFT';
	const modules = settings.modules === 'attention' ? attentionModules : linearModules;
	return `# Unsloth must be imported before transformers and trl.
from unsloth import FastLanguageModel
from datasets import load_dataset
from trl import ${kind}Config, ${kind}Trainer

# The original weights of the model that Assay calls ${python(input.base)}.
model, tokenizer = FastLanguageModel.from_pretrained(
    model_name=${python(input.base)},
    max_seq_length=${settings.maxTokens},
    load_in_4bit=True,
)
model = FastLanguageModel.get_peft_model(
    model,
    r=${settings.rank},
    lora_alpha=${settings.alpha},
    lora_dropout=${settings.dropout},
    use_rslora=${python(settings.rankStabilised)},
    target_modules=${python(modules)},
    use_gradient_checkpointing="unsloth",
    random_state=${settings.seed},
)
${loadData(input)}
${trainerCall(input, '    processing_class=tokenizer,\n')}`;
}

function axolotlConfig({ base, config: { objective, settings }, validation }: RecipeInput): Record<string, unknown> {
	const form =
		objective === 'text'
			? { type: 'completion', field: 'text' }
			: objective === 'dpo'
				? {
						type: 'chat_template.default',
						field_messages: 'prompt',
						field_chosen: 'chosen',
						field_rejected: 'rejected',
					}
				: {
						type: 'chat_template',
						field_messages: 'messages',
						roles_to_train: ['assistant'],
						message_field_training: 'train',
						train_on_eos: 'turn',
					};
	const set = (path: string) => [{ path, ds_type: 'json', split: 'train', ...form }];
	return {
		base_model: base,
		load_in_4bit: true,
		adapter: 'qlora',
		lora_r: settings.rank,
		lora_alpha: settings.alpha,
		lora_dropout: settings.dropout,
		...(settings.modules === 'attention' ? { lora_target_modules: attentionModules } : { lora_target_linear: true }),
		...(settings.rankStabilised ? { peft_use_rslora: true } : {}),
		...(objective === 'dpo' ? { rl: 'dpo', dpo_beta: settings.beta } : {}),
		datasets: set('train.jsonl'),
		...(validation > 0 ? { test_datasets: set('valid.jsonl'), eval_strategy: 'epoch' } : {}),
		sequence_len: settings.maxTokens,
		// Packed, a step would have as many samples as fit into its tokens, and few samples would make no step at all.
		sample_packing: false,
		micro_batch_size: settings.samplesPerStep,
		gradient_accumulation_steps: 1,
		num_epochs: settings.epochs,
		...(settings.maxSteps === null ? {} : { max_steps: settings.maxSteps }),
		optimizer: 'adamw_torch',
		learning_rate: settings.learningRate,
		lr_scheduler: schedules[settings.schedule],
		warmup_ratio: settings.warmup,
		weight_decay: settings.weightDecay,
		...(settings.clip === 0 ? {} : { max_grad_norm: settings.clip }),
		seed: settings.seed,
		output_dir: './adapter',
	};
}

function mlxConfig(input: RecipeInput): Record<string, unknown> {
	const {
		base,
		config: { objective, settings },
		train,
		validation,
	} = input;
	const steps = stepsOf(input);
	const perStep = Math.min(settings.samplesPerStep, train);
	// MLX-LM refuses a batch above the number of validation samples; what lacks is accumulated.
	const batch = largestDivisor(perStep, validation > 0 ? validation : perStep);
	const accumulated = perStep / batch;
	// MLX-LM multiplies by the scale itself, where others divide alpha by the rank.
	const scale = settings.alpha / (settings.rankStabilised ? Math.sqrt(settings.rank) : settings.rank);
	const attention = attentionModules.map((name) => `self_attn.${name}`);
	const feedForward = ['gate_proj', 'up_proj', 'down_proj'].map((name) => `mlp.${name}`);
	return {
		model: base,
		train: true,
		data: '.',
		fine_tune_type: 'lora',
		num_layers: -1,
		lora_parameters: {
			rank: settings.rank,
			scale,
			dropout: settings.dropout,
			keys: settings.modules === 'attention' ? attention : [...attention, ...feedForward],
		},
		mask_prompt: objective !== 'text',
		batch_size: batch,
		...(accumulated === 1 ? {} : { grad_accumulation_steps: accumulated }),
		// It counts batches; the schedule counts steps.
		iters: steps * accumulated,
		learning_rate: settings.learningRate,
		lr_schedule: mlxSchedule(settings, steps),
		optimizer: 'adamw',
		optimizer_config: { adamw: { weight_decay: settings.weightDecay } },
		max_seq_length: settings.maxTokens,
		adapter_path: 'adapter',
		seed: settings.seed,
	};
}

/** Returns the largest number that divides `value` and is at most `most`. */
function largestDivisor(value: number, most: number): number {
	let divisor = Math.min(value, most);
	while (value % divisor !== 0) divisor -= 1;
	return divisor;
}

/** The learning rate by step, as a schedule of mlx.optimizers after the warm-up. */
function mlxSchedule({ schedule, learningRate, warmup }: TrainingConfig['settings'], steps: number): object {
	const warmupSteps = Math.round(warmup * steps);
	const rest = Math.max(1, steps - warmupSteps);
	const forms = {
		cosine: { name: 'cosine_decay', arguments: [learningRate, rest] },
		linear: { name: 'linear_schedule', arguments: [learningRate, 0, rest] },
		// From a rate to the same rate.
		constant: { name: 'linear_schedule', arguments: [learningRate, learningRate, rest] },
	};
	return { ...forms[schedule], warmup: warmupSteps };
}
