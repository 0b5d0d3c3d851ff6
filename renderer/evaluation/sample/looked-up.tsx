import { Check, CircleDashed } from 'lucide-react';
import type { Answer } from '../../../electron/contract/evaluation/schema.ts';
import { Icon } from '../../design/icon.tsx';
import { t } from '../../messages/t.ts';
import { inSentence } from '../run-wording.ts';
import type { ArmSide } from './arm-side.ts';
import { SideColumns } from './side-columns.tsx';

/** What each side looked up for its answer: the passages in its prompt, those expected among them, and what was missed. */
export function LookedUp({ answers, sides }: { answers: readonly Answer[]; sides: readonly ArmSide[] }) {
	return (
		<SideColumns
			sides={sides}
			nameOf={(label) => t('Looked up for {label}', { label: inSentence(label) })}
			height="max-h-72"
		>
			{({ armId }) => <Passages answer={answers.find((one) => one.armId === armId)} />}
		</SideColumns>
	);
}

function Passages({ answer }: { answer: Answer | undefined }) {
	const { passages = [], missed = [] } = answer?.lookedUp ?? {};
	const leftOut = answer?.leftOutTurns ?? 0;
	return (
		<ul className="text-xs">
			{leftOut === 0 ? null : (
				<li className="mb-1.5 text-ink-3">
					{t('{count, plural, one {# earlier message was not sent} other {# earlier messages were not sent}}', {
						count: leftOut,
					})}
				</li>
			)}
			{answer?.lookedUp === undefined ? (
				<li className="text-ink-3">{t('No documents')}</li>
			) : passages.length === 0 ? (
				<li className="text-ink-3">{t('No passage was found')}</li>
			) : null}
			{passages.map(({ number, title, page, heading, text, isExpected }) => (
				<li key={number} className="mb-1.5">
					<h4 className="flex items-center gap-1 text-2xs text-ink-3">
						{isExpected === true ? <Icon of={Check} size={12} className="text-good" /> : null}
						<span className="min-w-0 truncate">
							[{number}] {title}
							{page === null ? '' : ` ${t('p. {page}', { page })}`}
							{heading.length === 0 ? '' : ` › ${heading.join(' › ')}`}
						</span>
						{isExpected === null ? null : (
							<span className={`flex-none ${isExpected ? 'font-medium text-good' : ''}`}>
								{isExpected ? t('expected') : t('not expected')}
							</span>
						)}
					</h4>
					<p className="foreign line-clamp-4 whitespace-pre-wrap" dir="auto">
						{text.slice(0, 2_000)}
					</p>
				</li>
			))}
			{missed.map(({ document, page, quote }) => (
				<li key={`${document}/${page}/${quote}`} className="mb-1.5">
					<h4 className="flex items-center gap-1 text-2xs text-warn">
						<Icon of={CircleDashed} size={12} />
						<span className="min-w-0 truncate">
							{document}
							{page === null ? '' : ` ${t('p. {page}', { page })}`}
						</span>
						<span className="flex-none font-medium">{t('missed')}</span>
					</h4>
					{quote === null ? null : (
						<p className="foreign" dir="auto">
							{quote}
						</p>
					)}
				</li>
			))}
		</ul>
	);
}
