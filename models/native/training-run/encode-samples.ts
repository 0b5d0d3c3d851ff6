import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Failure } from '../../contract/failure.ts';
import type { Turn } from '../../contract/generation.ts';
import type { ChatTemplate } from '../../contract/load.ts';
import type { TrainingPair, TrainingSample } from '../../contract/native/training.ts';
import { type ObjectiveName, type TrainingLine, trainingLineSchema } from '../../contract/native/training-run.ts';
import { said } from '../../contract/said.ts';
import { renderTemplate } from '../../prompt/chat-template.ts';
import { createTurnTokenizer } from '../../prompt/prompt-builder.ts';
import { type Vocabulary, vocabularyOf } from '../../prompt/vocabulary.ts';
import { templateOf } from '../measurement/row-prompts.ts';
import type { NativeModel } from '../model.ts';

/** A sample or pair as the trainer takes it. */
export interface EncodedSample {
	readonly key: string;
	readonly content: TrainingSample | TrainingPair;
	/** Tokens that go through the model for it. */
	readonly tokens: number;
	/** Tokens whose prediction counts. */
	readonly scored: number;
}

export interface EncodedSamples {
	readonly train: readonly EncodedSample[];
	readonly validation: readonly EncodedSample[];
	/** Keys of samples whose start or end was cut, and of those with nothing left to learn from. */
	readonly cut: readonly string[];
	readonly leftOut: readonly string[];
	/** Keys of samples whose turns the template refuses, with the first reason. */
	readonly refused: readonly string[];
	readonly refusal: Failure | null;
	/** Tokens of the longest sample before it was cut, and of the median one. */
	readonly longest: number;
	readonly median: number;
}

/** Tokens of a prompt that are always kept, so that an answer has something to follow from. */
const leastPrompt = 8;

/** Turns a conversation and its answer into tokens as the model sees and writes them. */
export interface SampleEncoder {
	/** `isCut`: nothing ends it. Throws Failure `no-chat-template` and `template-refused`. */
	answer(
		turns: readonly Turn[],
		answer: string,
		maxTokens: number,
		isCut?: boolean,
	): { sample: TrainingSample; length: number };
	/** Pieces of a text to continue; `continues`: nothing ends it. */
	text(text: string, maxTokens: number, continues?: boolean): { samples: TrainingSample[]; length: number };
}

/** `chosen`: a template that replaces the file's own. */
export function createSampleEncoder(model: NativeModel, chosen?: ChatTemplate): SampleEncoder {
	const vocabulary = vocabularyOf(model);
	const template = templateOf(model, chosen);
	const promptOf = createTurnTokenizer({
		template,
		addStart: chosen !== undefined,
		modelName: basename(model.facts.path),
		vocabulary,
	});
	const end = endTokens(model, vocabulary, template);
	const eos = vocabulary.eosToken === '' ? [] : vocabulary.tokenize(vocabulary.eosToken, true).slice(0, 1);
	return {
		answer(turns, answer, maxTokens, isCut = false) {
			// As in an answer: the prompt ends with what the template writes before it, and the answer starts fresh.
			const prompt = promptOf(turns);
			const written = [...vocabulary.tokenize(answer, false), ...(isCut ? [] : end)];
			const length = prompt.length + written.length;
			const kept = written.slice(0, Math.max(1, maxTokens - Math.min(prompt.length, leastPrompt)));
			const shown = prompt.slice(Math.max(0, prompt.length - (maxTokens - kept.length)));
			return { sample: sampleOf(shown, kept), length };
		},
		text(text, maxTokens, continues = false) {
			const start = vocabulary.startToken === null ? [] : [vocabulary.startToken];
			const all = [...vocabulary.tokenize(text, false), ...(continues ? [] : eos)];
			const samples: TrainingSample[] = [];
			const room = maxTokens - start.length;
			for (let at = 0; at < all.length; at += room) samples.push(sampleOf(start, all.slice(at, at + room)));
			return { samples: samples.filter(({ tokens }) => tokens.length > 1), length: all.length };
		},
	};
}

function sampleOf(prompt: readonly number[], written: readonly number[]): TrainingSample {
	const tokens = Int32Array.from([...prompt, ...written]);
	const weights = new Float32Array(tokens.length).fill(1, prompt.length);
	// Nothing predicts the first token.
	weights[0] = 0;
	return { tokens, weights };
}

/** The token that ends an answer: the first that the template writes after one and that ends the model's output. */
function endTokens(model: NativeModel, vocabulary: Vocabulary, template: string | null): readonly number[] {
	const eos = vocabulary.tokenize(vocabulary.eosToken, true).filter((token) => model.ends(token));
	if (template === null) return eos.slice(0, 1);
	const probe = 'assay-probe-7f3a';
	try {
		const text = renderTemplate(
			template,
			[
				{ role: 'user', content: 'a' },
				{ role: 'assistant', content: probe },
			],
			{ bosToken: vocabulary.bosToken, eosToken: vocabulary.eosToken, addGenerationPrompt: false },
		);
		const after = text.slice(text.lastIndexOf(probe) + probe.length);
		const found = vocabulary.tokenize(after, true).find((token) => model.ends(token));
		return found === undefined ? eos.slice(0, 1) : [found];
	} catch {
		return eos.slice(0, 1);
	}
}

/** Lines end with \n alone: JSON has U+2028 and U+2029 as they are, where node:readline ends a line too. */
async function* linesOf(path: string): AsyncGenerator<string> {
	let rest = '';
	for await (const chunk of createReadStream(path, 'utf8') as AsyncIterable<string>) {
		const lines = chunk.split('\n');
		lines[0] = rest + (lines[0] ?? '');
		rest = lines.pop() ?? '';
		yield* lines;
	}
	yield rest;
}

/** Reads the lines of a training file. Throws Failure `training-data-unreadable`. */
async function* readLines(path: string): AsyncGenerator<TrainingLine> {
	let number = 0;
	for await (const line of linesOf(path)) {
		number += 1;
		if (line === '') continue;
		let parsed: TrainingLine;
		try {
			parsed = trainingLineSchema.parse(JSON.parse(line));
		} catch (error) {
			throw new Failure(
				{
					code: 'training-data-unreadable',
					message: said`Line ${number} of the training data can’t be read.`,
					next: [said`Start the training again from its dataset`],
					detail: String(error),
				},
				{ cause: error },
			);
		}
		yield parsed;
	}
}

/** Encodes every line of a training file. */
export async function encodeSamples(
	model: NativeModel,
	{
		data,
		objective,
		maxTokens,
		chatTemplate,
	}: { data: string; objective: ObjectiveName; maxTokens: number; chatTemplate?: ChatTemplate | undefined },
): Promise<EncodedSamples> {
	const encoder = createSampleEncoder(model, chatTemplate);
	const parts = { train: [] as EncodedSample[], validation: [] as EncodedSample[] };
	const cut: string[] = [];
	const leftOut: string[] = [];
	const refused: string[] = [];
	const lengths: number[] = [];
	let refusal: Failure | null = null;
	for await (const { key, part, content } of readLines(data)) {
		const found: EncodedSample[] = [];
		try {
			if ('text' in content) {
				const { samples, length } = encoder.text(content.text, maxTokens, content.continues);
				lengths.push(length);
				found.push(...samples.map((sample) => encodedOf(key, sample)));
			} else {
				const chosen = encoder.answer(content.turns, content.answer, maxTokens, content.cut);
				if (objective !== 'dpo') {
					lengths.push(chosen.length);
					if (chosen.length > maxTokens) cut.push(key);
					found.push(encodedOf(key, chosen.sample));
				} else if (content.rejected !== undefined) {
					const rejected = encoder.answer(content.turns, content.rejected, maxTokens);
					const length = Math.max(chosen.length, rejected.length);
					lengths.push(length);
					if (length > maxTokens) cut.push(key);
					found.push(encodedOf(key, { chosen: chosen.sample, rejected: rejected.sample }));
				}
			}
		} catch (error) {
			if (!(error instanceof Failure) || error.code !== 'template-refused') throw error;
			refused.push(key);
			refusal ??= error;
			continue;
		}
		const usable = found.filter(({ scored }) => scored > 0);
		if (usable.length === 0) leftOut.push(key);
		parts[part].push(...usable);
	}
	const sorted = lengths.toSorted((a, b) => a - b);
	const median = sorted[sorted.length >> 1] ?? 0;
	return { ...parts, cut, leftOut, refused, refusal, longest: sorted.at(-1) ?? 0, median };
}

function encodedOf(key: string, content: TrainingSample | TrainingPair): EncodedSample {
	const all = 'chosen' in content ? [content.chosen, content.rejected] : [content];
	const scored = all.map(({ weights }) => weights.reduce((sum, weight) => sum + (weight > 0 ? 1 : 0), 0));
	return {
		key,
		content,
		tokens: all.reduce((sum, { tokens }) => sum + tokens.length, 0),
		// Of a pair, both answers must have something that counts.
		scored: scored.some((count) => count === 0) ? 0 : scored.reduce((sum, count) => sum + count, 0),
	};
}
