import type { Candidate, PromptScores, ScoredPrompt, ScoredToken, ScoreRequest } from '../contract/scoring.ts';
import { createDetokenizer } from '../detokenizer.ts';
import { commonPrefixLength } from '../prompt/common-prefix.ts';
import { nextSlice, tile } from './attention-tiles.ts';
import type { NativeContext } from './context.ts';
import { inputTooLong, tokenUnknown } from './input-failures.ts';
import { scoringLimits } from './log-likelihood.ts';
import type { NativeModel } from './model.ts';
import { ScoreKernel } from './perplexity/kernel.ts';
import { notFiniteFailure } from './perplexity/token-scores.ts';
import { groupPrompts, groupTokens, type PromptGroup } from './prompt-groups.ts';
import { likeliestTokens } from './scored-sampler.ts';

/** The sequence that keeps the beginning of the last prompts; the others follow it. */
const keptSequence = 0;

/** Most bytes of logits that a decode returns; every token of a prompt has a row of them. */
const mostLogitBytes = 128 * 2 ** 20;

/** A token in its place: how likely it is, and the likeliest. */
interface Place {
	readonly logProbability: number;
	readonly top: readonly Ranked[];
}

interface Ranked {
	readonly token: number;
	readonly logProbability: number;
}

interface Wanted {
	/** null: none in particular. */
	readonly token: number | null;
	take(place: Place): void;
}

/** One token to decode; `wanted` are those that may follow it, each with the function that takes its place. */
interface Fed {
	readonly token: number;
	readonly position: number;
	readonly sequences: readonly number[];
	readonly wanted: readonly Wanted[];
}

export interface PromptScorerOptions {
	/** The longest prompt, in tokens. */
	readonly contextSize: number;
	readonly createContext: (needs: { cells: number; sequences: number; batchSize: number }) => NativeContext;
	/** Decodes when it is the scorer's turn. */
	readonly decode: (context: NativeContext) => Promise<void>;
}

/** Scores every token of prompts. One call at a time. */
export interface PromptScorer {
	/** Throws Failure `input-too-long`, `token-unknown`, `model-weights-invalid`. */
	score(request: ScoreRequest): Promise<PromptScores>;
	/** Forgets what it computed, with other weights for example. Only while nothing is scored. */
	clear(): void;
}

export function createPromptScorer(
	model: NativeModel,
	{ contextSize, createContext, decode }: PromptScorerOptions,
): PromptScorer {
	const { vocabularySize } = model.facts;
	const kernel = new ScoreKernel(vocabularySize, 1, false);
	const mostRows = Math.floor(mostLogitBytes / (vocabularySize * 4));
	const batchSize = Math.max(2 * tile, Math.min(scoringLimits.tokens, Math.floor(mostRows / tile) * tile));
	const pieces = new Map<number, string>();
	let context: NativeContext | null = null;
	/** Tokens in the kept sequence, and the place of each but the first. */
	let kept: { readonly tokens: readonly number[]; readonly places: readonly Place[]; readonly top: number } | null =
		null;
	let decodedTokens = 0;

	function release(): void {
		context?.free();
		context = null;
		kept = null;
	}

	function contextFor(cells: number): NativeContext {
		if (context !== null && context.contextSize >= cells) return context;
		release();
		let size = 2_048;
		while (size < cells) size *= 2;
		context = createContext({ cells: size, sequences: scoringLimits.sequences + 1, batchSize });
		return context;
	}

	/** Returns the text of a token in the middle of others. */
	function pieceOf(token: number): string {
		let piece = pieces.get(token);
		if (piece === undefined) {
			const one = model.detokenize([token], true);
			// After itself, it keeps the space that a text doesn't start with.
			piece = model.detokenize([token, token], true).slice(one.length);
			pieces.set(token, piece);
		}
		return piece;
	}

	const candidate = ({ token, logProbability }: Ranked): Candidate => ({ token, text: pieceOf(token), logProbability });

	/** Returns the place after a row of logits for each wanted token. */
	function read(logits: Float32Array, { wanted }: Fed, top: number): void {
		kernel.copy(1, logits, 1);
		const { logSum, top: best } = kernel.stats(1, 0);
		const of = (token: number): number => logits[token]! - logSum;
		const likeliest = top > 1 ? likeliestTokens(logits, top) : [best];
		const ranked = likeliest.map((token) => ({ token, logProbability: of(token) }));
		for (const { token, take } of wanted) {
			const logProbability = token === null ? 0 : of(token);
			if (Number.isNaN(logProbability) || Number.isNaN(logSum)) throw notFiniteFailure();
			take({ logProbability, top: ranked });
		}
	}

	async function scoreGroup(
		{ members, trunk }: PromptGroup,
		{ prompts, top, next }: ScoreRequest,
		finished: (member: number, places: readonly Place[], after: readonly Ranked[]) => void,
	): Promise<void> {
		const rests = members.map((member) => prompts[member]!.slice(trunk.length));
		const total = groupTokens({ members, trunk }, prompts);
		const into = contextFor(total);
		const own = members.map((_, index) => keptSequence + 1 + index);
		const held = holdTiles(into, trunk, total, top);
		if (held > 0) for (const sequence of own) into.copySequence(keptSequence, sequence, held);

		const trunkPlaces: Place[] = kept?.places.slice(0, held) ?? [];
		const places = members.map((): Place[] => []);
		const after: (readonly Ranked[])[] = members.map(() => []);
		const end = (index: number): Wanted => ({
			token: null,
			take({ top: ranked }) {
				after[index] = ranked;
			},
		});
		const fed: Fed[] = [];
		for (let position = held; position < trunk.length; position += 1) {
			const following = trunk[position + 1];
			const wanted =
				following === undefined
					? rests.flatMap(([token], index): Wanted[] => {
							if (token === undefined) return next ? [end(index)] : [];
							return [{ token, take: (place: Place) => void places[index]!.push(place) }];
						})
					: [{ token: following, take: (place: Place) => void trunkPlaces.push(place) }];
			fed.push({ token: trunk[position]!, position, sequences: [keptSequence, ...own], wanted });
		}
		for (const [index, rest] of rests.entries()) {
			for (const [at, token] of rest.entries()) {
				const following = rest[at + 1];
				// Nothing follows the last token, unless the request asks for the next one.
				if (following === undefined && !next) continue;
				const wanted = [
					following === undefined
						? end(index)
						: { token: following, take: (place: Place) => void places[index]!.push(place) },
				];
				fed.push({ token, position: trunk.length + at, sequences: [own[index]!], wanted });
			}
		}
		await decodeAll(into, fed, top);
		for (const sequence of own) into.removeFrom(sequence, 0);
		kept = { tokens: trunk, places: trunkPlaces, top };
		for (const [index, member] of members.entries()) {
			finished(member, [...trunkPlaces, ...places[index]!], after[index]!);
		}
	}

	/**
	 * Cuts the kept sequence to the whole tiles that it has in common with a trunk, leaving at least one tile to compute,
	 * and returns their number of tokens. The place of the token after them must be known too.
	 */
	function holdTiles(into: NativeContext, trunk: readonly number[], total: number, top: number): number {
		const known = kept !== null && kept.top >= top ? commonPrefixLength(kept.tokens, trunk) : 0;
		const held = Math.max(0, Math.floor(Math.min(known - 1, total - tile) / tile) * tile);
		if (held > 0 && into.removeFrom(keptSequence, held)) return held;
		into.clear(false);
		kept = null;
		return 0;
	}

	async function decodeAll(into: NativeContext, fed: readonly Fed[], top: number): Promise<void> {
		for (let at = 0; at < fed.length; ) {
			const slice = fed.slice(at, at + nextSlice(fed.length - at, batchSize));
			for (const { token, position, sequences, wanted } of slice) {
				into.add(token, position, sequences, wanted.length > 0);
			}
			decodedTokens += slice.length;
			await decode(into);
			const reading = slice.filter(({ wanted }) => wanted.length > 0);
			const logits = reading.length === 0 ? new Float32Array() : into.logits(reading.length);
			for (const [row, one] of reading.entries()) {
				read(logits.subarray(row * vocabularySize, (row + 1) * vocabularySize), one, top);
			}
			at += slice.length;
		}
	}

	function scoredPrompt(
		prompt: readonly number[],
		places: readonly Place[],
		after: readonly Ranked[],
		{ top, next }: ScoreRequest,
	): ScoredPrompt {
		const text = createDetokenizer((tokens, before) => {
			const start = model.detokenize(before, true);
			return model.detokenize([...before, ...tokens], true).slice(start.length);
		});
		let whole = '';
		const tokens = prompt.map((token, index): ScoredToken => {
			const offset = whole.length;
			whole += text.push(token);
			const place = places[index - 1];
			return {
				token,
				text: index === 0 ? model.detokenize([token], true) : pieceOf(token),
				offset,
				logProbability: place?.logProbability ?? null,
				top: place?.top.slice(0, top).map(candidate) ?? [],
			};
		});
		return {
			text: whole + text.rest(),
			tokens,
			next: next ? after.slice(0, Math.max(top, 1)).map(candidate) : [],
			ends: next && after[0] !== undefined && model.ends(after[0].token),
		};
	}

	return {
		async score(request) {
			const { prompts } = request;
			for (const prompt of prompts) {
				if (prompt.length > contextSize) throw inputTooLong(prompt.length, contextSize);
				const foreign = prompt.find((token) => token >= vocabularySize);
				if (foreign !== undefined) throw tokenUnknown(foreign, vocabularySize);
			}
			decodedTokens = 0;
			const scored: ScoredPrompt[] = [];
			const groups = groupPrompts(prompts, { prompts: scoringLimits.sequences, tokens: contextSize });
			try {
				for (const group of groups) {
					await scoreGroup(group, request, (member, places, after) => {
						scored[member] = scoredPrompt(prompts[member]!, places, after, request);
					});
				}
			} catch (error) {
				// The cache is in an unknown state after a failed decode.
				release();
				throw error;
			}
			return { prompts: scored, decodedTokens };
		},
		clear: release,
	};
}
