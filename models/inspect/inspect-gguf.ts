import type { GgufFacts } from '../contract/gguf.ts';
import type { Inspection, MetadataEntry, TokenizerFacts } from '../contract/inspection.ts';
import { llamaCppVersion } from '../engine-build.ts';
import { kvTypeFits } from '../fit/kv-cache.ts';
import { type ModelShape, readModelShape } from '../fit/model-shape.ts';
import { ByteReader } from '../gguf/byte-reader.ts';
import { type GgufHeader, type GgufValue, readTexts, valueTypeNames } from '../gguf/header.ts';
import { countOf, lengthOf, textOf } from '../gguf/model-facts.ts';
import { type GgufFile, obstacle, readGguf, withModelFile } from '../gguf/read-gguf.ts';
import { headerRisks } from './header-risks.ts';
import { templateRisks } from './template-risks.ts';

/**
 * Returns all that a file says about itself, and what people should know before they trust it. Loads and runs nothing.
 * Throws what `readGguf` throws; a file that ends too early is still described, with a warning.
 */
export async function inspectGguf(path: string): Promise<Inspection> {
	const { files, facts, header, problem } = await readGguf(path);
	const [first] = files;
	const hindrance = problem ?? obstacle(facts);
	const warnings = hindrance === null ? [] : [hindrance.message];
	if (hindrance === null && facts.chatTemplate === null) {
		warnings.push('It has no chat template: a base model, not trained to chat.');
	}
	return {
		path: facts.paths[0] ?? path,
		facts,
		warnings,
		metadata: metadataOf(header),
		tokenizer: first === undefined ? null : await tokenizerOf(first),
		risks: [...(facts.chatTemplate === null ? [] : templateRisks(facts.chatTemplate)), ...headerRisks(header, facts)],
		engine: engineUses(facts, readModelShape(header)),
	};
}

type EngineUse = Inspection['engine'][number];

const can = (name: string, why: string | null): EngineUse => ({ name, usable: why === null, why });

/**
 * Returns whether a model has a recurrent state: llama.cpp v0.4.0 can't truncate it, so nothing that goes back a few
 * tokens works.
 */
function hasState(shape: ModelShape): boolean {
	return shape.layers.some(({ stateLength }) => stateLength > 0);
}

/** Returns which engine features work with a model, from its header. */
function engineUses(facts: GgufFacts, shape: ModelShape): EngineUse[] {
	const hindrance = obstacle(facts);
	if (hindrance !== null) return [can(`llama.cpp ${llamaCppVersion}`, hindrance.message)];
	const noHeads = shape.heads === 0 ? 'this model has no attention' : null;
	const state = hasState(shape) ? 'its recurrent state can’t be rewound' : null;
	return [
		can('Chat', facts.chatTemplate === null ? 'base model without a chat template' : null),
		can('Flash attention', noHeads),
		can(
			'Quantised KV cache',
			noHeads ?? (kvTypeFits(shape, 'Q8_0') ? null : `its head size of ${shape.headLength} is not a multiple of 32`),
		),
		can('LoRA', null),
		can('Draft model', state),
		can('Prompt reuse', state),
	];
}

/** The most characters shown of a text; licences and templates have their own place. */
const shownLength = 4_000;
/** The most items shown of a list. */
const shownItems = 32;

function entryOf(key: string, value: GgufValue): MetadataEntry {
	if (typeof value === 'string') {
		return {
			key,
			type: 'text',
			value: value.slice(0, shownLength),
			length: value.length,
			cut: value.length > shownLength,
		};
	}
	if (Array.isArray(value)) {
		const items = value.slice(0, shownItems).map(String).join(', ');
		return { key, type: 'list', value: items, length: value.length, cut: value.length > shownItems };
	}
	if (typeof value === 'object' && 'itemType' in value) {
		const type = `list of ${valueTypeNames[value.itemType] ?? 'unknown'}`;
		return { key, type, value: `${value.length.toLocaleString('en')} items`, length: value.length, cut: true };
	}
	const text = String(value);
	const type = typeof value === 'boolean' ? 'bool' : Number.isInteger(Number(value)) ? 'whole number' : 'number';
	return { key, type, value: text, length: text.length, cut: false };
}

/** Returns every key of a header in file order, with its value as text. */
function metadataOf(header: GgufHeader): MetadataEntry[] {
	return [...header.metadata].map(([key, value]) => entryOf(key, value));
}

/** Keys of special tokens, and their names for people. */
const roles: Readonly<Record<string, string>> = {
	bos_token_id: 'start',
	eos_token_id: 'end',
	eot_token_id: 'end of turn',
	eom_token_id: 'end of message',
	unknown_token_id: 'unknown',
	padding_token_id: 'padding',
	seperator_token_id: 'separator',
	cls_token_id: 'class',
	mask_token_id: 'mask',
	fim_pre_token_id: 'fill in, before',
	fim_suf_token_id: 'fill in, after',
	fim_mid_token_id: 'fill in, middle',
};

const flag = (header: GgufHeader, key: string): boolean | null => {
	const value = header.metadata.get(key);
	return typeof value === 'boolean' ? value : null;
};

/** Returns the facts of a file's tokenizer, with the texts of its special tokens; null if it has none. */
async function tokenizerOf(file: GgufFile): Promise<TokenizerFacts | null> {
	const { header, path, sizeBytes } = file;
	const model = textOf(header, 'tokenizer.ggml.model');
	const tokens = header.metadata.get('tokenizer.ggml.tokens');
	if (model === null && tokens === undefined) return null;
	const ids = Object.entries(roles).flatMap(([key, role]) => {
		const id = countOf(header, `tokenizer.ggml.${key}`);
		return id === null ? [] : [{ role, id }];
	});
	const list = typeof tokens === 'object' && 'itemType' in tokens ? tokens : null;
	const texts =
		list === null
			? new Map<number, string>()
			: await withModelFile(path, (handle) =>
					readTexts(
						new ByteReader(path, handle, sizeBytes),
						list,
						ids.map(({ id }) => id),
					),
				);
	return {
		model,
		preTokenizer: textOf(header, 'tokenizer.ggml.pre'),
		vocabularySize: lengthOf(tokens),
		merges: lengthOf(header.metadata.get('tokenizer.ggml.merges')),
		addsStart: flag(header, 'tokenizer.ggml.add_bos_token'),
		addsEnd: flag(header, 'tokenizer.ggml.add_eos_token'),
		special: ids.map(({ role, id }) => ({ role, id, text: texts.get(id) ?? null })),
	};
}
