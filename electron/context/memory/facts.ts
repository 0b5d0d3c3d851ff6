import { Failure } from '../../../models/contract/failure.ts';
import { said } from '../../../models/contract/said.ts';
import { dayMs } from '../../contract/durations.ts';
import { type Fact, type FactCounts, maxFactCharacters } from '../../contract/memory/schema.ts';
import { oneLine } from '../../conversation/clean-text.ts';
import { getFolder } from '../../conversation/organise/folders.ts';
import { transaction } from '../../database/sql.ts';
import type { MemoryContext } from './context.ts';
import {
	countFacts,
	expireFacts,
	type FactFilter,
	type FactRow,
	type FolderId,
	findByTopic,
	findFacts,
	findSame,
	hasDueFacts,
	insertFact,
	listFactRows,
	readFacts,
	rewriteFact,
	setFolder,
	setState,
	supersede,
	trashFacts,
	untrashFacts,
	withEarlier,
} from './store.ts';

/** What a rule or a model found in a message. */
export interface Proposal {
	readonly text: string;
	/** The sentence of the message that says it. */
	readonly quote: string;
	/** '' or what it is about, where only one fact can be true. */
	readonly topic: string;
}

function trashMs({ settings }: MemoryContext): number | null {
	const { trashDays } = settings();
	return trashDays === null ? null : trashDays * dayMs;
}

export interface FactList {
	readonly facts: Fact[];
	readonly total: number;
	readonly counts: FactCounts;
	readonly inTrash: number;
}

export function listFacts(context: MemoryContext, filter: FactFilter): FactList {
	const { database } = context;
	expireDue(context);
	return { ...listFactRows(database, filter, trashMs(context)), ...countFacts(database) };
}

/** Expires facts whose time is over. Each count of a prompt asks, so nothing is locked while there is nothing to do. */
export function expireDue({ database, events, clock }: MemoryContext): void {
	if (!hasDueFacts(database, clock())) return;
	const expired = transaction(database, () => expireFacts(database, clock()));
	if (expired > 0) events.publish({ type: 'memory-changed' });
}

/** Adds a fact that the person wrote. Throws Failure `fact-empty`, `folder-unknown`, `fact-known`. */
export function addFact(
	context: MemoryContext,
	{
		text: asked,
		folderId,
		expiresAt,
	}: { readonly text: string; readonly folderId: FolderId; readonly expiresAt: number | null },
): Fact {
	const { database, clock } = context;
	const text = checkedText(asked);
	if (folderId !== null) getFolder(context, folderId);
	const id = transaction(database, () => {
		const same = findSame(database, text, folderId);
		if (same?.state === 'accepted') throw known(same);
		if (same !== undefined) {
			setState(database, [same.id], 'accepted', clock());
			rewriteFact(database, same.id, { text, folderId, expiresAt }, clock());
			return same.id;
		}
		return insertFact(
			database,
			{
				...{ text, folderId, expiresAt, origin: 'person', state: 'accepted' },
				...{ topic: '', messageId: null, quote: '', supersedesId: null },
			},
			clock(),
		);
	});
	return changed(context, [id])[0] as Fact;
}

/**
 * Stores what was found in a message: to be accepted by the person, or used at once if that is switched on. What is known
 * already, or was dismissed, is left out. Returns the new facts.
 */
export function proposeFacts(
	context: MemoryContext,
	messageId: number,
	origin: 'rule' | 'model',
	proposals: readonly Proposal[],
): readonly Fact[] {
	const { database, clock, settings } = context;
	const ids = transaction(database, () => {
		const added: number[] = [];
		for (const proposal of proposals) {
			const text = oneLine(proposal.text);
			const quote = oneLine(proposal.quote);
			if (text === '' || text.length > maxFactCharacters || findSame(database, text, null) !== undefined) continue;
			const { topic } = proposal;
			const supersedesId = topic === '' ? null : (findByTopic(database, topic, null)?.id ?? null);
			const fact = { text, quote, topic, origin, messageId, supersedesId, folderId: null, expiresAt: null };
			added.push(insertFact(database, { ...fact, state: 'proposed' }, clock()));
		}
		if (settings().memoryAutomatic) accept(context, added);
		return added;
	});
	return ids.length === 0 ? [] : changed(context, ids);
}

/** Accepts proposals, also dismissed ones. Unknown ids, and facts that are neither, are passed over. */
export function acceptFacts(context: MemoryContext, ids: readonly number[]): readonly Fact[] {
	transaction(context.database, () => accept(context, ids));
	return changed(context, ids);
}

function accept({ database, clock }: MemoryContext, ids: readonly number[]): void {
	const open = findFacts(database, ids).filter(
		({ state, deletedAt }) => deletedAt === null && (state === 'proposed' || state === 'rejected'),
	);
	const now = clock();
	for (const { id, topic, folderId, supersedesId } of open) {
		// Another fact about the same may have been accepted since.
		const current = topic === '' ? supersedesId : (findByTopic(database, topic, folderId)?.id ?? supersedesId);
		if (current !== null && current !== id) supersede(database, current, id, now);
		setState(database, [id], 'accepted', now);
	}
}

/** Takes accepting back: they are proposals again, and what they superseded by that is used again. Returns how many. */
export function unacceptFacts(context: MemoryContext, ids: readonly number[]): number {
	const { database, clock } = context;
	const proposed = transaction(database, () => {
		const accepted = findFacts(database, ids).filter(
			({ state, deletedAt }) => state === 'accepted' && deletedAt === null,
		);
		for (const { id, supersedesId, changedAt } of accepted) {
			setState(database, [id], 'proposed', clock());
			// What was superseded before that stays so.
			const [earlier] = supersedesId === null ? [] : findFacts(database, [supersedesId]);
			const isOfThis = earlier?.state === 'superseded' && earlier.changedAt === changedAt;
			if (isOfThis) setState(database, [earlier.id], 'accepted', clock());
		}
		return accepted.length;
	});
	changed(context, []);
	return proposed;
}

/** Changes a fact. Throws Failure `fact-unknown`, `fact-not-current`, `fact-empty`, `folder-unknown`, `fact-known`. */
export function editFact(
	context: MemoryContext,
	id: number,
	changes: {
		readonly text?: string | undefined;
		readonly folderId?: FolderId | undefined;
		readonly expiresAt?: number | null | undefined;
	},
): Fact {
	const { database, clock } = context;
	const fact = getFact(context, id);
	if (fact.state === 'superseded' || fact.deletedAt !== null) throw notCurrent(fact);
	const text = changes.text === undefined ? fact.text : checkedText(changes.text);
	const folderId = changes.folderId === undefined ? fact.folderId : changes.folderId;
	const expiresAt = changes.expiresAt === undefined ? fact.expiresAt : changes.expiresAt;
	if (folderId !== null && folderId !== fact.folderId) getFolder(context, folderId);
	const isSame = text === fact.text && folderId === fact.folderId;
	const after = transaction(database, () => {
		const now = clock();
		const same = findSame(database, text, folderId);
		if (!isSame && same !== undefined && same.id !== id && same.state === 'accepted') throw known(same);
		if (fact.state === 'accepted' && !isSame) {
			const { origin, topic, messageId, quote } = fact;
			const created = insertFact(
				database,
				{ ...{ text, folderId, expiresAt, origin, topic, messageId, quote }, supersedesId: null, state: 'accepted' },
				now,
			);
			supersede(database, id, created, now);
			return created;
		}
		rewriteFact(database, id, { text, folderId, expiresAt }, now);
		const lives = expiresAt === null || expiresAt > now;
		if (fact.state === 'expired' && lives) setState(database, [id], 'accepted', now);
		return id;
	});
	return changed(context, [after])[0] as Fact;
}

/** Moves facts to a folder as they are, also those in the trash; returns how many. Throws Failure `folder-unknown`. */
export function moveFacts(context: MemoryContext, ids: readonly number[], folderId: number): number {
	getFolder(context, folderId);
	const moved = setFolder(context.database, ids, folderId);
	changed(context, []);
	return moved;
}

/** Dismisses proposals; returns how many. */
export function rejectFacts(context: MemoryContext, ids: readonly number[]): number {
	const { database, clock } = context;
	const rejected = transaction(database, () => {
		const open = findFacts(database, ids).filter(({ state }) => state === 'proposed');
		return setState(
			database,
			open.map((fact) => fact.id),
			'rejected',
			clock(),
		);
	});
	changed(context, []);
	return rejected;
}

/** Moves facts to the trash with those that they superseded: nothing of them is sent any more. Returns all ids. */
export function forgetFacts(context: MemoryContext, ids: readonly number[]): number[] {
	const { database, clock } = context;
	const forgotten = transaction(database, () => trashFacts(database, withEarlier(database, ids), clock()));
	changed(context, []);
	return forgotten;
}

/** Takes facts out of the trash, and makes dismissed ones proposals again. Returns how many. */
export function restoreFacts(context: MemoryContext, ids: readonly number[]): number {
	const { database, clock } = context;
	const restored = transaction(database, () => {
		const dismissed = findFacts(database, ids).filter(
			({ state, deletedAt }) => state === 'rejected' && deletedAt === null,
		);
		const open = dismissed.map(({ id }) => id);
		return untrashFacts(database, ids) + setState(database, open, 'proposed', clock());
	});
	changed(context, []);
	return restored;
}

function changed(context: MemoryContext, ids: readonly number[]): readonly Fact[] {
	context.events.publish({ type: 'memory-changed' });
	return readFacts(context.database, ids, trashMs(context));
}

function checkedText(asked: string): string {
	const text = oneLine(asked);
	// Characters that nobody sees are no text either.
	if (/[^\p{C}\p{Z}]/u.test(text)) return text;
	throw new Failure({ code: 'fact-empty', message: said`The fact has no text.`, next: [said`Write what to remember`] });
}

function getFact({ database }: MemoryContext, id: number): FactRow {
	const [fact] = findFacts(database, [id]);
	if (fact !== undefined) return fact;
	throw new Failure({
		code: 'fact-unknown',
		message: said`There is no fact ${id}; it may have been deleted in another window.`,
		next: [said`List them: assay memory list`],
	});
}

function notCurrent({ id, state }: FactRow): Failure {
	return new Failure({
		code: 'fact-not-current',
		message:
			state === 'superseded'
				? said`Fact ${id} was replaced by another one, so it can only be read or forgotten.`
				: said`Fact ${id} is in the trash.`,
		next: [state === 'superseded' ? said`Edit the newer fact` : said`Restore it first`],
	});
}

function known({ id, text }: FactRow): Failure {
	return new Failure({
		code: 'fact-known',
		message: said`“${text}” is already remembered as fact ${id}.`,
		next: [said`Edit that fact`],
	});
}
