import { Failure } from '../../models/contract/failure.ts';
import { said } from '../../models/contract/said.ts';
import type { SamplingChoices } from '../contract/conversation/schema.ts';
import { dayMs } from '../contract/durations.ts';
import type { Page, PageEntry, SavePageInput } from '../contract/writing/schema.ts';
import { cleanText, oneLine } from '../conversation/clean-text.ts';
import { titleFromMessage } from '../conversation/title.ts';
import { transaction } from '../database/sql.ts';
import type { WritingContext } from './context.ts';
import {
	countPages,
	getPage,
	insertPage,
	lastChoices,
	listPageRows,
	type PageRow,
	type StoredPage,
	writeChoices,
	writeDeletedAt,
	writeText,
	writeTitle,
} from './store.ts';

/** Title of a page without words. */
const untitled = 'Untitled page';

/** Returns the title of a page by its text, unless the user gave it one. */
export function titleOf(page: Pick<StoredPage, 'title' | 'titleSource'>, text: string): string {
	return page.titleSource === 'user' ? page.title : titleFromMessage(text, untitled);
}

function toEntry({ live, settings }: WritingContext, row: PageRow): PageEntry {
	const { trashDays } = settings();
	const { id, title, characters, createdAt, updatedAt, deletedAt } = row;
	return {
		id,
		title,
		characters,
		createdAt,
		updatedAt,
		deletedAt,
		goneAt: deletedAt === null || trashDays === null ? null : deletedAt + trashDays * dayMs,
		continuationId: live.onPage(id)?.id ?? null,
	};
}

/** Converts a stored page for the callers. */
export function toPage(context: WritingContext, stored: StoredPage): Page {
	const { titleSource, text, revision, modelFileId, sampling } = stored;
	const entry = toEntry(context, { ...stored, characters: text.length });
	return { ...entry, titleSource, text, revision, modelFileId, sampling };
}

function changed({ events }: WritingContext, pageId: number | null): void {
	events.publish({ type: 'pages-changed', pageId });
}

export function listPages(context: WritingContext, page: { readonly limit: number; readonly trash: boolean }) {
	const rows = listPageRows(context.database, page.trash, page.limit);
	return { pages: rows.map((row) => toEntry(context, row)), ...countPages(context.database) };
}

/** Throws Failure `page-unknown`. */
export function openPage(context: WritingContext, id: number): Page {
	return toPage(context, getPage(context.database, id));
}

/** Creates a page, with the model and values of the page changed last. Throws Failure `model-unknown`. */
export function createPage(
	context: WritingContext,
	input: {
		readonly text: string;
		readonly title?: string | undefined;
		readonly modelFileId?: number | null | undefined;
	},
): Page {
	const { database, clock } = context;
	const text = cleanText(input.text);
	const given = oneLine(input.title ?? '');
	if (typeof input.modelFileId === 'number') context.models.modelFile(input.modelFileId);
	const id = transaction(database, () => {
		const last = lastChoices(database);
		const titleSource = given === '' ? 'automatic' : 'user';
		return insertPage(
			database,
			{
				text,
				titleSource,
				title: titleOf({ title: given, titleSource }, text),
				modelFileId: input.modelFileId ?? last?.modelFileId ?? null,
				sampling: last?.sampling ?? {},
			},
			clock(),
		);
	});
	changed(context, id);
	return openPage(context, id);
}

/** Stores a page's text; it is on disk when this returns. Throws Failure `page-unknown`, `page-busy`, `page-changed`. */
export function savePage(context: WritingContext, input: SavePageInput): PageEntry & { revision: number } {
	const { database, clock } = context;
	const text = cleanText(input.text);
	const wrote = transaction(database, () => {
		const page = getPage(database, input.id);
		requireIdle(context, input.id);
		if (page.text === text) return false;
		if (input.revision !== null) requireRevision(page, input.revision);
		writeText(database, { id: page.id, title: titleOf(page, text), text }, clock());
		return true;
	});
	if (wrote) changed(context, input.id);
	const { titleSource: _s, text: _t, modelFileId: _m, sampling: _p, ...entry } = openPage(context, input.id);
	return entry;
}

/** Throws if the model is writing on the page. */
export function requireIdle({ live }: WritingContext, id: number): void {
	if (live.onPage(id) === undefined) return;
	throw new Failure({
		code: 'page-busy',
		message: said`The model is writing on this page.`,
		next: [said`Stop it, then change the text`, said`Wait until it has finished`],
	});
}

/** Throws if the page was changed since `revision`. */
export function requireRevision(page: StoredPage, revision: number): void {
	if (page.revision === revision) return;
	throw new Failure({
		code: 'page-changed',
		message: said`This page was changed in another window.`,
		next: [said`Show the other version`, said`Keep this version`],
	});
}

/** Names a page; an empty name means its first line. Throws Failure `page-unknown`. */
export function renamePage(context: WritingContext, id: number, title: string): Page {
	const page = getPage(context.database, id);
	const given = oneLine(title);
	const titleSource = given === '' ? 'automatic' : 'user';
	writeTitle(context.database, { id, titleSource, title: titleOf({ title: given, titleSource }, page.text) });
	changed(context, id);
	return openPage(context, id);
}

/** Throws Failure `page-unknown`, `model-unknown`. */
export function setPageOptions(
	context: WritingContext,
	choices: { readonly id: number; readonly modelFileId: number | null; readonly sampling: SamplingChoices },
): Page {
	getPage(context.database, choices.id);
	if (choices.modelFileId !== null) context.models.modelFile(choices.modelFileId);
	writeChoices(context.database, choices);
	changed(context, choices.id);
	return openPage(context, choices.id);
}

/** Moves a page to the trash. What is being written on it is first stopped and stored. Throws Failure `page-unknown`. */
export async function trashPage(context: WritingContext, id: number): Promise<Page> {
	const page = getPage(context.database, id);
	const live = context.live.onPage(id);
	live?.stop();
	await live?.ended;
	if (page.deletedAt === null) writeDeletedAt(context.database, id, context.clock());
	changed(context, id);
	return openPage(context, id);
}

/** Takes a page out of the trash. Throws Failure `page-unknown`. */
export function restorePage(context: WritingContext, id: number): Page {
	getPage(context.database, id);
	writeDeletedAt(context.database, id, null);
	changed(context, id);
	return openPage(context, id);
}
