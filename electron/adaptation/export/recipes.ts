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
	readonly hasValidation: boolean;
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

Bring the result back: \`assay adapters import <folder of the adapter>\`.
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
		hasValidation,
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
		...(hasValidation ? { eval_strategy: 'epoch' } : {}),
	};
	return Object.entries(values)
		.map(([name, value]) => `        ${name}=${python(value)},`)
		.join('\n');
}

function loadData({ hasValidation }: RecipeInput): string {
	return `data = load_dataset("json", data_files={"train": "train.jsonl"${hasValidation ? ', "validation": "valid.jsonl"' : ''}})`;
}

function trainerCall(input: RecipeInput, more: string): string {
	const {
		config: { objective },
		hasValidation,
	} = input;
	const kind = objective === 'dpo' ? 'DPO' : 'SFT';
	return `trainer = ${kind}Trainer(
    model=model,
    args=${kind}Config(
${trlArguments(input)}
    ),
    train_dataset=data["train"],
${hasValidation ? '    eval_dataset=data["validation"],\n' : ''}${more})
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

function axolotlConfig({ base, config: { objective, settings }, hasValidation }: RecipeInput): Record<string, unknown> {
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
		...(hasValidation ? { test_datasets: set('valid.jsonl'), eval_strategy: 'epoch' } : {}),
		sequence_len: settings.maxTokens,
		...(objective === 'dpo' ? {} : { sample_packing: true, pad_to_sequence_len: true }),
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
	} = input;
	const steps = stepsOf(input);
	const warmup = Math.round(settings.warmup * steps);
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
		batch_size: Math.min(settings.samplesPerStep, train),
		iters: steps,
		learning_rate: settings.learningRate,
		...(settings.schedule === 'cosine'
			? {
					lr_schedule: {
						name: 'cosine_decay',
						warmup,
						arguments: [settings.learningRate, Math.max(1, steps - warmup)],
					},
				}
			: {}),
		optimizer: 'adamw',
		optimizer_config: { adamw: { weight_decay: settings.weightDecay } },
		max_seq_length: settings.maxTokens,
		adapter_path: 'adapter',
		seed: settings.seed,
	};
}
