import { reusableTokens } from '../../../native/attention-tiles.ts';
import type { NativeContext } from '../../../native/context.ts';
import { NativeSequence } from '../../../native/sequence.ts';
import { commonPrefixLength } from '../../../prompt/common-prefix.ts';
import type { SavedStates } from '../saved-states.ts';
import type { NativeAnswer } from './answer-parts.ts';

/** A shorter shared prefix is just as fast to compute again. */
const worthwhileTokens = 64;

/** A larger state is not copied to lay it out contiguously, bytes. */
const largestCopy = 256 * 2 ** 20;

/** A sequence of tokens in the context, and its owner. */
export interface Slot {
	readonly sequence: NativeSequence;
	/** The answer that uses it; null: its tokens are kept for a later one. */
	answer: NativeAnswer | null;
	/** The conversation that its tokens belong to. */
	cacheKey: string | null;
	/** Allows keeping its state on disk. */
	keep: boolean;
	/** Length of the last prompt computed here. 0: its state came from disk. */
	promptLength: number;
	/** Its cells are interleaved with those of others because they were computed together. */
	scattered: boolean;
	/** Increases with every use. */
	usedAt: number;
}

/** The sequences in one context, which share its cells. Must not be called while a decode runs. */
export interface Slots {
	/** Number of slots that hold tokens, or are about to. */
	readonly filled: number;
	/** Returns whether another answer may join those being computed. */
	hasRoomFor(answer: NativeAnswer): boolean;
	/**
	 * Returns whether a running answer is still reading a beginning that this one shares: if this one waits, it can copy
	 * that instead of computing it again.
	 */
	isReadingFor(answer: NativeAnswer): boolean;
	/** Finds a slot for an answer and keeps what it already holds of the prompt. */
	assignSlot(answer: NativeAnswer): Promise<Slot>;
	/**
	 * Reads back the state of a conversation that will continue, unless answers are computed or the state that it
	 * replaces may not be saved; saves that state first.
	 */
	prepare(cacheKey: string, tokens: () => readonly number[]): Promise<void>;
	/** Frees cells for so many more tokens among unused slots. false: the active answers must make room. */
	makeRoom(tokens: number): boolean;
	/** Saves permitted states to disk. `atEnd`: only those that are quick to write. */
	save(atEnd: boolean): Promise<void>;
	/** Tidies while no answer is computed: keeps only the slot used last, laid out as if it had been alone. */
	settle(): void;
	/** Clears all slots. */
	clear(): void;
}

/** Free cells beyond its prompt that an answer needs before it may join others, tokens. */
const cellsAhead = 256;

export function createSlots(context: NativeContext, states: SavedStates | null): Slots {
	const slots = Array.from(
		{ length: context.sequences },
		(_, id): Slot => ({
			sequence: new NativeSequence(context, id),
			answer: null,
			cacheKey: null,
			keep: false,
			promptLength: 0,
			scattered: false,
			usedAt: 0,
		}),
	);
	let uses = 0;

	const held = (): Slot[] => slots.filter(({ sequence }) => sequence.tokens.length > 0);
	const idle = (): Slot[] => slots.filter(({ answer }) => answer === null);
	const leastUsed = (some: readonly Slot[]): Slot | undefined => some.toSorted((a, b) => a.usedAt - b.usedAt)[0];
	const working = (): Slot[] => slots.filter(({ answer }) => answer !== null);
	const used = (): number => new Set(slots.flatMap(({ sequence }) => sequence.cells)).size;
	/** Leading cells that two slots share. */
	const sharedCells = (one: Slot, other: Slot): number => commonPrefixLength(one.sequence.cells, other.sequence.cells);

	/** The tokens that a prompt could take from one of these slots; 0 if they are too few to be worth it. */
	function beginsWith({ request, promptTokens }: NativeAnswer, some: readonly Slot[]): number {
		if (request.reusePrefix === false) return 0;
		const most = Math.max(0, ...some.map(({ sequence }) => commonPrefixLength(sequence.tokens, promptTokens)));
		return most < worthwhileTokens ? 0 : most;
	}

	/** Lays the tokens out from the first cell; the context must hold nothing else. */
	function layOut(slot: Slot): void {
		const { sequence } = slot;
		const tokens = [...sequence.tokens];
		if (!slot.scattered || sequence.stateBytes() > largestCopy) return;
		slot.scattered = false;
		if (tokens.length > 0) sequence.restore(sequence.save(), tokens);
	}

	function isFull(tokens: number): boolean {
		// Counts shared cells several times, which is quick, and enough while there is much room.
		const most = slots.reduce((sum, { sequence }) => sum + sequence.tokens.length, tokens);
		return most > context.contextSize && used() + tokens > context.contextSize;
	}

	function makeRoom(tokens: number): boolean {
		while (isFull(tokens)) {
			const slot = leastUsed(idle().filter(({ sequence }) => sequence.tokens.length > 0));
			if (slot === undefined) return false;
			slot.sequence.cut(0);
		}
		return true;
	}

	/** Chooses the slot for an answer that runs next to others: that of its own conversation, or an unused one. */
	function choose({ request, promptTokens }: NativeAnswer): Slot {
		const free = idle();
		const common = (slot: Slot): number => commonPrefixLength(slot.sequence.tokens, promptTokens);
		const best = slots.toSorted(
			(a, b) => common(b) - common(a) || Number(b.answer !== null) - Number(a.answer !== null),
		)[0]!;
		const own = free
			.filter(({ cacheKey }) => cacheKey === request.cacheKey)
			.toSorted((a, b) => common(b) - common(a))[0];
		const empty = free.find(({ sequence }) => sequence.tokens.length === 0);
		const slot = own ?? empty ?? leastUsed(free)!;
		const begins = common(best);
		// Attention passes over every cell in use, so that a second copy of a beginning slows all answers.
		const isSecondCopy = begins >= worthwhileTokens && begins >= common(slot) && sharedCells(best, slot) < begins;
		if (request.reusePrefix !== false && (isSecondCopy || begins >= common(slot) + worthwhileTokens)) {
			// Never keeps the last token of a prompt because its prediction is needed.
			slot.sequence.copyFrom(best.sequence, Math.min(begins, promptTokens.length - 1));
		}
		return slot;
	}

	async function assignSlot(answer: NativeAnswer): Promise<Slot> {
		const { request, promptTokens } = answer;
		const isOnly = idle().length === slots.length && held().length < 2;
		const slot = isOnly ? (held()[0] ?? slots[0]!) : choose(answer);
		slot.answer = answer;
		slot.cacheKey = request.cacheKey;
		slot.keep = request.keepState === true;
		slot.usedAt = ++uses;
		if (slot.keep && (await states?.restore(slot.sequence, request.cacheKey, promptTokens, makeRoom)) === true) {
			slot.promptLength = 0;
			slot.scattered = false;
		}
		answer.recordCache(slot.sequence.tokens);
		if (request.reusePrefix === false) slot.sequence.cut(0);
		const common = commonPrefixLength(slot.sequence.tokens, promptTokens);
		slot.sequence.cut(
			isOnly && request.reusePrefix !== 'all'
				? reusableTokens(slot.sequence.tokens, slot.promptLength, promptTokens)
				: Math.min(common, promptTokens.length - 1),
		);
		if (isOnly) layOut(slot);
		else slot.scattered = true;
		slot.promptLength = promptTokens.length;
		return slot;
	}

	async function save(atEnd: boolean): Promise<void> {
		for (const { sequence, keep, cacheKey } of slots) {
			if (keep && cacheKey !== null) await states?.save(sequence, cacheKey, atEnd);
		}
	}

	async function prepare(cacheKey: string, tokens: () => readonly number[]): Promise<void> {
		const [slot = slots[0]!, ...others] = held();
		const replaceable = slot.keep || slot.sequence.tokens.length === 0;
		if (others.length > 0 || !replaceable || slot.cacheKey === cacheKey) return;
		await save(false);
		if ((await states?.restore(slot.sequence, cacheKey, tokens(), makeRoom)) !== true) return;
		Object.assign(slot, { cacheKey, keep: true, promptLength: 0, scattered: false, usedAt: ++uses });
	}

	return {
		get filled() {
			return slots.filter(({ answer, sequence }) => answer !== null || sequence.tokens.length > 0).length;
		},
		hasRoomFor(answer) {
			const active = working();
			if (active.length === slots.length) return false;
			if (active.length === 0) return true;
			const cellsFor = ({ needed, room }: NativeAnswer): number => needed + 1 + Math.min(room, cellsAhead);
			const taken = active.reduce((sum, slot, index) => {
				const shared = Math.max(0, ...active.slice(0, index).map((earlier) => sharedCells(earlier, slot)));
				return sum + cellsFor(slot.answer!) - shared;
			}, 0);
			return taken + cellsFor(answer) - beginsWith(answer, active) <= context.contextSize;
		},
		isReadingFor(answer) {
			if (answer.request.reusePrefix === false) return false;
			const known = beginsWith(answer, slots);
			return working().some(({ answer: other, sequence }) => {
				if (other === null || sequence.tokens.length >= other.needed) return false;
				return commonPrefixLength(other.promptTokens, answer.promptTokens) >= known + worthwhileTokens;
			});
		},
		assignSlot,
		makeRoom,
		save,
		prepare,
		settle() {
			const last = held().toSorted((a, b) => b.usedAt - a.usedAt)[0];
			for (const { sequence } of slots) if (sequence !== last?.sequence) sequence.cut(0);
			if (last !== undefined) layOut(last);
		},
		clear() {
			for (const slot of slots) slot.sequence.cut(0);
		},
	};
}
