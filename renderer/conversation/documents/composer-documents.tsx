import { FileText, Library, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { PromptTokens } from '../../../electron/contract/conversation/schema.ts';
import { IconButton } from '../../design/button.tsx';
import { formatList } from '../../design/format.ts';
import { Icon } from '../../design/icon.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { describeTokens } from '../composer/context-wording.ts';
import { choiceKey, useDocumentNames } from './document-options.ts';
import { useDocumentChoices } from './use-document-choices.ts';

/** What the conversation may use, above the message field, and what of it would go with the message. */
export function ComposerDocuments() {
	const { chosen, remove } = useDocumentChoices();
	const names = useDocumentNames(chosen);
	const known = useStore(useServices().tokenCount.state, (state) => state.known);
	if (chosen.length === 0) return null;
	return (
		<div className="mb-2 flex flex-wrap items-center gap-x-2 gap-y-1.5 px-2">
			<ul aria-label={t('Documents of this conversation')} className="contents">
				{chosen.map((choice, index) => {
					const name = names === null ? '…' : names[index] || t('Deleted');
					return (
						<li
							key={choiceKey(choice)}
							className="inline-flex h-7 max-w-full min-w-0 items-center rounded-md border border-line-strong bg-raised pl-2"
						>
							<Icon of={'collectionId' in choice ? Library : FileText} size={14} className="text-ink-3" />
							<span className="ml-1.5 max-w-56 truncate text-xs font-medium" dir="auto">
								{name}
							</span>
							<IconButton
								icon={X}
								label={t('Stop using {name}', { name })}
								size="sm"
								side="top"
								className="mr-px"
								onClick={() => remove(choice, name)}
							/>
						</li>
					);
				})}
			</ul>
			<p role="status" className="min-h-4 text-xs text-ink-3 tabular-nums">
				{known === null ? null : describeUse(known)}
			</p>
		</div>
	);
}

/** Says before sending what of the documents goes with the message: "whole document, 1,240 tokens". */
export function describeUse({ documentUse, documents = [], exact }: PromptTokens): string | null {
	if (documentUse === undefined) return null;
	const { mode, documents: count, waiting, nothingRelevant } = documentUse;
	const tokens = describeTokens(
		documents.reduce((sum, one) => sum + one.tokens, 0),
		exact,
	);
	const used = new Set(documents.map(({ documentId, title }) => documentId ?? title)).size;
	const words = (): string => {
		if (mode === 'none') return t('none of them can be used now');
		if (mode === 'sent') return t('already sent with an earlier message');
		if (mode === 'whole')
			return t('{count, plural, one {whole document} other {# whole documents}}, {tokens}', {
				count: documents.length,
				tokens,
			});
		if (nothingRelevant) return t('nothing in them is about this message');
		if (documents.length === 0)
			return t('best passages of {count, plural, one {# document} other {# documents}}', { count });
		return t(
			'{passages, plural, one {best passage} other {# best passages}} of {count, plural, one {# document} other {# documents}}, {tokens}',
			{ passages: documents.length, count: used, tokens },
		);
	};
	return formatList([
		words(),
		...(waiting === 0
			? []
			: [t('{count, plural, one {# document is} other {# documents are}} still being read', { count: waiting })]),
	]);
}
