import type { ImportReport, Skipped } from '../../../contract/exchange/exchange.ts';
import type { ImportSource } from '../../../contract/exchange/import-source.ts';
import type { ExportedConversation } from '../document.ts';
import type { ExistingMatch } from './find-known.ts';

/** So many conversations, and so many reasons, are told one by one; more are only counted. */
const maxSamples = 200;
const maxSkipped = 500;

/** Counts what an import finds, in a memory that does not grow with the file. */
export class ImportReportBuilder {
	readonly #sources = new Set<ImportSource>();
	readonly #samples: ImportReport['samples'] = [];
	readonly #skipped: Skipped[] = [];
	#counts = { conversations: 0, messages: 0, extended: 0, known: 0, skippedCount: 0 };
	#oldest: number | null = null;
	#newest: number | null = null;

	/** Nothing of any program that is known has been found. */
	get empty(): boolean {
		return this.#sources.size === 0;
	}

	source(source: ImportSource | null): void {
		if (source !== null) this.#sources.add(source);
	}

	skip(skipped: readonly Skipped[]): void {
		this.#counts.skippedCount += skipped.length;
		this.#skipped.push(...skipped.slice(0, Math.max(0, maxSkipped - this.#skipped.length)));
	}

	/** Returns the sample it became, so that its id can be filled in once it is known; null where it became none. */
	add(conversation: ExportedConversation, known: ExistingMatch): ImportReport['samples'][number] | null {
		const { title, createdAt, updatedAt, messages } = conversation;
		if (known.kind === 'known') this.#counts.known += 1;
		else {
			if (known.kind === 'new') this.#counts.conversations += 1;
			else this.#counts.extended += 1;
			this.#counts.messages += known.kind === 'extended' ? known.newMessages : messages.length;
			// A program that says no time leaves 0.
			if (createdAt > 0) this.#oldest = Math.min(this.#oldest ?? createdAt, createdAt);
			if (updatedAt > 0) this.#newest = Math.max(this.#newest ?? updatedAt, updatedAt);
		}
		if (this.#samples.length >= maxSamples) return null;
		const sample: ImportReport['samples'][number] = {
			title: title.slice(0, 200),
			createdAt,
			messages: known.kind === 'extended' ? known.newMessages : messages.length,
			outcome: known.kind,
			conversationId: known.kind === 'new' ? null : known.id,
		};
		this.#samples.push(sample);
		return sample;
	}

	finish(files: number, sizeBytes: number): ImportReport {
		return {
			files,
			sizeBytes,
			sources: [...this.#sources],
			...this.#counts,
			oldest: this.#oldest,
			newest: this.#newest,
			samples: this.#samples,
			skipped: this.#skipped,
		};
	}
}
