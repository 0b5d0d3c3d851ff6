/** A known way of writing a conversation as one text, for a model whose file holds no chat template. */
export interface TemplateFamily {
	readonly id: string;
	readonly name: string;
	/** Models that were trained with it. */
	readonly models: string;
	/** Jinja. The start token is added where the tokenizer adds one, so it is left out at the beginning. */
	readonly source: string;
	/** Texts that end an answer. A base model writes them as plain text, not as its own end token. */
	readonly stop: readonly string[];
}

/** Puts the system prompt before the first message, for models trained without a system role. */
const systemInFirstMessage = `{%- if messages[0].role == 'system' -%}
{%- set system = messages[0].content + '\\n\\n' -%}
{%- set turns = messages[1:] -%}
{%- else -%}
{%- set system = '' -%}
{%- set turns = messages -%}
{%- endif -%}`;

/**
 * The known families. Written from the templates that the models' publishers ship, without tools; the tests compare
 * them with those.
 */
export const templateFamilies: readonly TemplateFamily[] = [
	{
		id: 'chatml',
		name: 'ChatML',
		models: 'Qwen, SmolLM2, Yi, Nous Hermes',
		source: `{%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- endif -%}
`,
		stop: ['<|im_end|>', '<|im_start|>'],
	},
	{
		id: 'llama-3',
		name: 'Llama 3',
		models: 'Llama 3, 3.1, 3.2 and 3.3',
		source: `{%- for message in messages -%}
{{- '<|start_header_id|>' + message.role + '<|end_header_id|>\\n\\n' + message.content | trim + '<|eot_id|>' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}
{%- endif -%}
`,
		stop: ['<|eot_id|>', '<|start_header_id|>'],
	},
	{
		id: 'llama-2',
		name: 'Llama 2',
		models: 'Llama 2 Chat, Code Llama Instruct',
		source: `{%- if messages[0].role == 'system' -%}
{%- set system = '<<SYS>>\\n' + messages[0].content + '\\n<</SYS>>\\n\\n' -%}
{%- set turns = messages[1:] -%}
{%- else -%}
{%- set system = '' -%}
{%- set turns = messages -%}
{%- endif -%}
{%- for message in turns -%}
{%- if message.role == 'user' -%}
{%- if not loop.first -%}
{{- bos_token -}}
{%- endif -%}
{{- '[INST] ' + (system if loop.first else '') + message.content | trim + ' [/INST]' -}}
{%- else -%}
{{- ' ' + message.content | trim + ' ' + eos_token -}}
{%- endif -%}
{%- endfor -%}
`,
		stop: ['[INST]'],
	},
	{
		id: 'gemma',
		name: 'Gemma',
		models: 'Gemma 1, 2 and 3',
		source: `${systemInFirstMessage}
{%- for message in turns -%}
{%- set role = 'model' if message.role == 'assistant' else message.role -%}
{{- '<start_of_turn>' + role + '\\n' + (system if loop.first else '') + message.content | trim + '<end_of_turn>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<start_of_turn>model\\n' -}}
{%- endif -%}
`,
		stop: ['<end_of_turn>', '<start_of_turn>'],
	},
	{
		id: 'mistral',
		name: 'Mistral',
		models: 'Mistral 7B Instruct, Mixtral',
		source: `${systemInFirstMessage}
{%- for message in turns -%}
{%- if message.role == 'user' -%}
{{- '[INST] ' + (system if loop.first else '') + message.content + ' [/INST]' -}}
{%- else -%}
{{- ' ' + message.content + eos_token -}}
{%- endif -%}
{%- endfor -%}
`,
		stop: ['[INST]'],
	},
	{
		id: 'phi-3',
		name: 'Phi-3',
		models: 'Phi-3 and Phi-3.5',
		source: `{%- for message in messages -%}
{{- '<|' + message.role + '|>\\n' + message.content + '<|end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|assistant|>\\n' -}}
{%- endif -%}
`,
		stop: ['<|end|>', '<|user|>'],
	},
	{
		id: 'zephyr',
		name: 'Zephyr',
		models: 'Zephyr, TinyLlama Chat, StableLM Zephyr',
		source: `{%- for message in messages -%}
{{- '<|' + message.role + '|>\\n' + message.content + eos_token + '\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|assistant|>\\n' -}}
{%- endif -%}
`,
		stop: ['<|user|>', '<|system|>'],
	},
	{
		id: 'alpaca',
		name: 'Alpaca',
		models: 'Alpaca and many models fine-tuned on instructions',
		source: `{%- for message in messages -%}
{%- if message.role == 'system' -%}
{{- message.content + '\\n\\n' -}}
{%- elif message.role == 'user' -%}
{{- '### Instruction:\\n' + message.content + '\\n\\n' -}}
{%- else -%}
{{- '### Response:\\n' + message.content + '\\n\\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '### Response:\\n' -}}
{%- endif -%}
`,
		stop: ['### Instruction:', '### Response:'],
	},
	{
		id: 'vicuna',
		name: 'Vicuna',
		models: 'Vicuna, WizardLM',
		source: `{%- for message in messages -%}
{%- if message.role == 'system' -%}
{{- message.content + '\\n\\n' -}}
{%- elif message.role == 'user' -%}
{{- 'USER: ' + message.content + '\\n' -}}
{%- else -%}
{{- 'ASSISTANT: ' + message.content + eos_token + '\\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- 'ASSISTANT:' -}}
{%- endif -%}
`,
		stop: ['USER:', 'ASSISTANT:'],
	},
	{
		id: 'deepseek',
		name: 'DeepSeek',
		models: 'DeepSeek V2.5, V3 and R1',
		source: `{%- for message in messages -%}
{%- if message.role == 'system' -%}
{{- message.content -}}
{%- elif message.role == 'user' -%}
{{- '<｜User｜>' + message.content -}}
{%- else -%}
{{- '<｜Assistant｜>' + message.content + '<｜end▁of▁sentence｜>' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<｜Assistant｜>' -}}
{%- endif -%}
`,
		stop: ['<｜end▁of▁sentence｜>', '<｜User｜>'],
	},
	{
		id: 'command-r',
		name: 'Command R',
		models: 'Command R and R+, Aya',
		source: `{%- set names = {'system': 'SYSTEM', 'user': 'USER', 'assistant': 'CHATBOT'} -%}
{%- for message in messages -%}
{{- '<|START_OF_TURN_TOKEN|><|' + names[message.role] + '_TOKEN|>' + message.content | trim + '<|END_OF_TURN_TOKEN|>' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|START_OF_TURN_TOKEN|><|CHATBOT_TOKEN|>' -}}
{%- endif -%}
`,
		stop: ['<|END_OF_TURN_TOKEN|>', '<|START_OF_TURN_TOKEN|>'],
	},
	{
		id: 'plain',
		name: 'Plain dialogue',
		models: 'base models, which know dialogues from their training text',
		source: `{%- for message in messages -%}
{%- if message.role == 'system' -%}
{{- message.content + '\\n\\n' -}}
{%- elif message.role == 'user' -%}
{{- 'User: ' + message.content | trim + '\\n' -}}
{%- else -%}
{{- 'Assistant: ' + message.content | trim + '\\n' -}}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- 'Assistant:' -}}
{%- endif -%}
`,
		stop: ['\nUser:', '\nAssistant:'],
	},
];

/** Returns a family by its id; undefined if there is none. */
export function templateFamily(id: string): TemplateFamily | undefined {
	return templateFamilies.find((family) => family.id === id);
}
