import {
	type CheckReport,
	maxFindings,
	type PersonalFinding,
	type PersonalKind,
} from '../../../contract/dataset/check.ts';
import type { SampleContent } from '../../../contract/dataset/sample.ts';
import { findPersonalData } from './find.ts';
import { textsOf } from './redact.ts';

/** Characters shown on each side of what was found. */
const around = 40;

/** Gathers personal data: all of it counted, the first places kept. */
export class PersonalFindings {
	readonly #kinds: readonly PersonalKind[];
	readonly #byKind = new Map<PersonalKind, number>();
	readonly #findings: PersonalFinding[] = [];
	#count = 0;

	constructor(kinds: readonly PersonalKind[]) {
		this.#kinds = kinds;
	}

	look({ id, key }: { readonly id: number; readonly key: string }, content: SampleContent): void {
		for (const { field, text } of textsOf(content)) {
			for (const { kind, start, end } of findPersonalData(text, this.#kinds)) {
				this.#count += 1;
				this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + 1);
				if (this.#findings.length >= maxFindings) continue;
				this.#findings.push({
					id,
					key,
					field,
					kind,
					found: text.slice(start, end),
					before: `${start > around ? '…' : ''}${text.slice(Math.max(0, start - around), start).toWellFormed()}`,
					after: `${text.slice(end, end + around).toWellFormed()}${text.length > end + around ? '…' : ''}`,
				});
			}
		}
	}

	report(): CheckReport['personal'] {
		const byKind = [...this.#byKind].map(([kind, count]) => ({ kind, count }));
		return { count: this.#count, byKind, findings: this.#findings };
	}
}
