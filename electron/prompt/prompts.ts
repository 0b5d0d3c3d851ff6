import { createHash } from 'node:crypto';
import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { Prompt, PromptContent, PromptDraftContent } from '../contract/prompt/schema.ts';
import type { WritableDatabase } from '../database/database.ts';
import { truncateLog } from '../database/secure-delete.ts';
import { transaction } from '../database/sql.ts';
import type { EventBus } from '../events.ts';
import { compilePrompt } from './compile-prompt.ts';
import { starterPrompts } from './starter-prompts.ts';
import {
	deletePrompt,
	deleteVersions,
	findSameName,
	findStarterPrompt,
	getPrompt,
	insertPrompt,
	insertVersion,
	listPromptDrafts,
	listPrompts,
	renameRow,
	setDeleted,
	versionsOf,
	writePromptDraft,
} from './store.ts';

/** Hash of a version's content; the same texts give the same hash in every data folder. */
export function contentHash({ system, template, example }: PromptContent): string {
	return createHash('sha256')
		.update(JSON.stringify([system, template, example]))
		.digest('hex');
}

/**
 * Creates a prompt with its first version. Throws Failure `prompt-name-taken`, `template-invalid`, `template-recurses`,
 * `leak`.
 */
export function createPrompt(
	context: PromptContext,
	input: PromptContent & { name: string; description: string; note: string },
): Prompt {
	const { database, clock } = context;
	if (!isEmpty(input)) compilePrompt(input);
	const id = transaction(database, () => {
		assertNameFree(context, input.name, null);
		const now = clock();
		const promptId = insertPrompt(database, { name: input.name, description: input.description, starterId: null, now });
		addRow(context, promptId, input, input.note, now);
		return promptId;
	});
	return changed(context, id);
}

/**
 * Adds no version if the content equals the newest. Replaces an empty first version, which nothing can have used. Throws
 * what `createPrompt` throws, and `prompt-unknown`. */
export function addPromptVersion(context: PromptContext, id: number, content: PromptContent, note: string): Prompt {
	const { database, clock } = context;
	const { latest } = getPrompt(database, id);
	compilePrompt(content);
	if (latest.sha256 === contentHash(content)) return getPrompt(database, id);
	transaction(database, () => {
		if (isEmpty(latest)) deleteVersions(database, id);
		addRow(context, id, content, note, clock());
	});
	return changed(context, id);
}

/** Throws Failure `prompt-unknown`, `prompt-name-taken`. */
export function renamePrompt(
	context: PromptContext,
	id: number,
	name: string,
	description: string | undefined,
): Prompt {
	const { database, clock } = context;
	const before = getPrompt(database, id);
	if (before.deletedAt === null) assertNameFree(context, name, id);
	renameRow(database, { id, name, description: description ?? before.description, now: clock() });
	return changed(context, id);
}

/** Moves a prompt to the trash; runs made with it keep it. Throws Failure `prompt-unknown`. */
export function removePrompt(context: PromptContext, id: number): Prompt {
	if (getPrompt(context.database, id).deletedAt !== null) return getPrompt(context.database, id);
	setDeleted(context.database, id, context.clock());
	return changed(context, id);
}

/** Restores a prompt; if its name is taken by now, adds a number. Throws Failure `prompt-unknown`. */
export function restorePrompt(context: PromptContext, id: number): Prompt {
	const { database, clock } = context;
	const prompt = getPrompt(database, id);
	if (prompt.deletedAt === null) return prompt;
	transaction(database, () => {
		const name = freeName(context, prompt.name);
		if (name !== prompt.name) renameRow(database, { id, name, description: prompt.description, now: clock() });
		setDeleted(database, id, null);
	});
	return changed(context, id);
}

/** Deletes prompts in the trash for good (null: all of them); those used by a run stay and are listed in `kept`. */
export function emptyPromptTrash(
	context: PromptTrashContext,
	ids: readonly number[] | null,
): { prompts: number; kept: string[] } {
	const { database, events } = context;
	const trash = listPrompts(database, true).filter(({ id }) => ids === null || ids.includes(id));
	const used = ({ id }: Prompt): boolean =>
		context.runsWith(versionsOf(database, id).map((each) => each.id)).length > 0;
	const kept = trash.filter(used);
	const going = trash.filter((prompt) => !kept.includes(prompt));
	transaction(database, () => {
		for (const { id } of going) deletePrompt(database, id);
	});
	truncateLog(database);
	for (const { id } of going) events.publish({ type: 'prompts-changed', promptId: id });
	return { prompts: going.length, kept: kept.map(({ name }) => name) };
}

/**
 * Deletes a prompt for good if nothing depends on it: no run, no draft, no second version. Returns whether it did. Throws
 * Failure `prompt-unknown`.
 */
export function discardPrompt(context: PromptTrashContext, id: number): boolean {
	const { database, events } = context;
	const { starterId } = getPrompt(database, id);
	const versions = versionsOf(database, id).map((version) => version.id);
	const drafted = listPromptDrafts(database).some(({ promptId }) => promptId === id);
	if (starterId !== null || drafted || versions.length > 1 || context.runsWith(versions).length > 0) return false;
	transaction(database, () => deletePrompt(database, id));
	truncateLog(database);
	events.publish({ type: 'prompts-changed', promptId: id });
	return true;
}

/** Stores the unsaved text of a prompt; it is on disk when this returns. null removes it. Throws Failure `prompt-unknown`. */
export function setPromptDraft(context: PromptContext, id: number, draft: PromptDraftContent | null): boolean {
	if (draft !== null) getPrompt(context.database, id);
	writePromptDraft(context.database, id, draft, context.clock());
	return draft !== null;
}

/** A prompt with all its versions. Throws Failure `prompt-unknown`. */
export function promptHistory({ database }: PromptContext, id: number) {
	return { prompt: getPrompt(database, id), versions: versionsOf(database, id) };
}

/**
 * Adds the bundled prompts that are missing; one in the trash stays there, one that the user changed stays as it is.
 */
export function addStarterPrompts(context: PromptContext): void {
	const { database, clock } = context;
	const missing = starterPrompts.filter(({ starterId }) => findStarterPrompt(database, starterId) === undefined);
	if (missing.length === 0) return;
	transaction(database, () => {
		for (const { starterId, name, description, ...content } of missing) {
			const now = clock();
			const id = insertPrompt(database, { name: freeName(context, name), description, starterId, now });
			addRow(context, id, content, '', now);
		}
	});
}

/** Whether nothing is written yet. */
function isEmpty({ system, template, example }: PromptContent): boolean {
	return system === '' && template === '' && example === '';
}

function addRow(context: PromptContext, promptId: number, content: PromptContent, note: string, now: number): void {
	const { system, template, example } = content;
	insertVersion(context.database, { promptId, system, template, example, note, sha256: contentHash(content), now });
}

function assertNameFree({ database }: PromptContext, name: string, except: number | null): void {
	const taken = findSameName(database, name, except);
	if (taken === undefined) return;
	throw new Failure({
		code: 'prompt-name-taken',
		message: said`A prompt named “${taken}” already exists.`,
		next: [said`Choose another name`, said`Add a version to “${taken}” instead`],
	});
}

function freeName({ database }: PromptContext, name: string): string {
	for (let number = 1; ; number += 1) {
		const candidate = number === 1 ? name : `${name} (${number})`;
		if (findSameName(database, candidate, null) === undefined) return candidate;
	}
}

function changed({ database, events }: PromptContext, id: number): Prompt {
	events.publish({ type: 'prompts-changed', promptId: id });
	return getPrompt(database, id);
}

/** Dependencies of every use case of prompts. */
export interface PromptContext {
	readonly database: WritableDatabase;
	readonly events: EventBus;
	/** Milliseconds since 1970. */
	readonly clock: () => number;
}

/** Deleting for good also needs to know which runs use a prompt. */
export interface PromptTrashContext extends PromptContext {
	/** Names of the evaluation runs made with one of these versions. */
	readonly runsWith: (versionIds: readonly number[]) => readonly string[];
}
