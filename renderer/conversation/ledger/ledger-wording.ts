import type { Ledger, LedgerKind, SourceReference } from '../../../electron/contract/conversation/ledger.ts';
import { t } from '../../messages/t.ts';

/** Names the parts of a prompt. */
export function nameOfKind(kind: LedgerKind): string {
	switch (kind) {
		case 'template':
			return t('Chat template');
		case 'system':
			return t('System prompt');
		case 'prompt':
			return t('Applied prompt');
		case 'tools':
			return t('Tools');
		case 'memory':
			return t('Memory');
		case 'summary':
			return t('Summary');
		case 'history':
			return t('Earlier messages');
		case 'past':
			return t('Found in earlier messages');
		case 'documents':
			return t('Documents');
		case 'message':
			return t('Message');
	}
}

/** "Handbook.pdf, p. 4", "Notes.md, Holidays". */
export function nameOfSource({ title, page, heading }: SourceReference): string {
	if (page !== null) return t('{title}, p. {page}', { title, page });
	const last = heading.at(-1);
	return last === undefined ? title : `${title}, ${last}`;
}

/** What the line under an answer says about documents besides its sources, which are listed below; null: nothing. */
export function describeSources({ sources, knownSources, unfoundQuotes, parts, leftOut }: Ledger): string | null {
	if (unfoundQuotes.length > 0)
		return t('{count, plural, one {# quote is} other {# quotes are}} not in any source', {
			count: unfoundQuotes.length,
		});
	if (sources.length > 0) return null;
	if (knownSources > 0) return t('earlier sources');
	const searched = parts.some(({ kind }) => kind === 'documents') || leftOut.some(({ kind }) => kind === 'documents');
	return searched ? t('nothing found in the documents') : null;
}
