import { useStore } from 'zustand';
import type { Message, PromptTokens } from '../../../electron/contract/conversation/schema.ts';
import { formatCount } from '../../design/format.ts';
import { Popover } from '../../design/popover.tsx';
import { t } from '../../messages/t.ts';
import { Trans } from '../../messages/trans.tsx';
import { useServices } from '../../services.ts';
import { describeOverflowUse } from '../overflow/overflow-policies.ts';
import { shownMessages } from '../thread/thread-state.ts';
import { computeContextShare, describeDroppedMessages, describeExcess, formatTokens } from './context-wording.ts';

/** Number of tokens in the message and share of the context that it would fill; a click shows the breakdown. */
export function ContextMeter() {
	const { tokenCount, thread } = useServices();
	const known = useStore(tokenCount.state, (state) => state.known);
	const messages = useStore(thread.state, shownMessages);
	if (known === null) return null;
	const { exact, contextSize, sent, draft, attachments } = known;
	const own = draft + attachments;
	const figures = `${formatTokens(sent, exact)} / ${formatCount(contextSize)}`;
	return (
		<Popover
			side="top"
			align="end"
			label={t('Context of the next answer')}
			trigger={
				<button
					type="button"
					className="mr-1 inline-flex h-7 items-center gap-2 rounded-[8px] px-2 text-xs whitespace-nowrap text-ink-2 tabular-nums hover:bg-hover data-popup-open:bg-hover"
				>
					<span className="sr-only">{t('Context:')} </span>
					{own > 0 ? (
						<span className="@max-2xl:sr-only">
							<Trans
								text="{about}{own, plural, one {<b>#</b> token} other {<b>#</b> tokens}}<hidden> in this message, </hidden>"
								values={{
									about: exact ? '' : '≈ ',
									own,
									b: (words) => <b className="font-medium text-ink">{words}</b>,
									hidden: (words) => <span className="sr-only">{words}</span>,
								}}
							/>
						</span>
					) : null}
					<Bar tokens={known} />
					<span className={known.excess > 0 ? 'font-medium text-bad' : known.dropped.length > 0 ? 'text-warn' : ''}>
						{figures}
					</span>
				</button>
			}
		>
			<ContextDetails tokens={known} messages={messages} />
		</Popover>
	);
}

function Bar({ tokens }: { tokens: PromptTokens }) {
	const { sent, draft, attachments, excess, dropped } = tokens;
	const own = Math.min(sent, draft + attachments);
	const full = excess > 0 ? 'bg-bad' : dropped.length > 0 ? 'bg-warn' : 'bg-accent';
	return (
		// Gives its room to the name of the model while a message waits, which the button says at length.
		<span
			aria-hidden
			className="hidden h-1.5 w-10 overflow-hidden rounded-xs bg-line-strong group-has-[[aria-busy=true]]/row:hidden! @md:flex @2xl:w-16"
		>
			<i
				className="block h-full bg-[color-mix(in_oklab,var(--accent)_55%,var(--raised))]"
				style={{ width: `${computeContextShare(sent - own, tokens) * 100}%` }}
			/>
			{own > 0 ? (
				<i
					className={`block h-full min-w-[3px] ${full}`}
					style={{ width: `${computeContextShare(own, tokens) * 100}%` }}
				/>
			) : null}
		</span>
	);
}

/** Most messages named as about to be left out. */
const named = 4;

const contextNames = {
	system: () => t('System prompt'),
	tools: () => t('Tools'),
	memory: () => t('Memory'),
	summary: () => t('Summary'),
	past: () => t('Found in earlier messages'),
	documents: () => t('Documents'),
} as const;

/** Breakdown of the next prompt's tokens, and the messages that would be left out. */
function ContextDetails({ tokens, messages }: { tokens: PromptTokens; messages: readonly Message[] }) {
	const { exact, contextSize, answerRoom, sent, excess } = tokens;
	const tools = tokens.context?.find(({ kind }) => kind === 'tools');
	const rows: readonly (readonly [string, number])[] = [
		[t('System prompt'), tokens.system],
		...(tokens.prompt === undefined ? [] : [[t('Applied prompt'), tokens.prompt] as const]),
		...(tools === undefined ? [] : [[t('Tools', {}, 'of a model'), tools.tokens] as const]),
		[t('Earlier messages'), tokens.history],
		...(tokens.context ?? []).map(({ kind, tokens: count }) => [contextNames[kind](), count] as const),
		[t('Attachments'), tokens.attachments],
		[t('This message'), tokens.draft],
		[t('Chat template'), tokens.template],
	];
	const dropped = tokens.total - sent;
	const free = Math.max(0, contextSize - answerRoom - sent);
	const outside = new Set(tokens.dropped);
	const left = messages.filter(({ id }) => outside.has(id));
	return (
		<div className="w-70">
			<table className="w-full text-xs tabular-nums">
				<caption className="pb-1.5 text-left text-sm font-semibold text-ink">{t('Context of the next answer')}</caption>
				<thead className="sr-only">
					<tr>
						<th scope="col">{t('Part')}</th>
						<th scope="col">{t('Tokens')}</th>
					</tr>
				</thead>
				<tbody>
					{rows.map(([name, value]) => (
						<Row key={name} name={name} value={formatTokens(value, exact)} pale={value === 0} />
					))}
					{dropped > 0 ? <Row name={t('Left out')} value={`−${formatCount(dropped)}`} /> : null}
					<Row name={t('Sent')} value={formatTokens(sent, exact)} strong />
					<Row name={t('Reserved for the answer')} value={formatCount(answerRoom)} />
					<Row
						name={t('Free', {}, 'tokens')}
						value={excess > 0 ? `−${formatCount(excess)}` : formatTokens(free, exact)}
					/>
					<Row name={t('Context')} value={formatCount(contextSize)} strong />
				</tbody>
			</table>
			{excess > 0 ? (
				<p className="mt-2 text-xs text-bad">{describeExcess(tokens)}</p>
			) : left.length > 0 || tokens.dropped.length > 0 ? (
				<div className="mt-2 text-xs text-ink-2">
					<p className="text-warn">{describeDroppedMessages(tokens)}</p>
					<ol className="mt-1.5 flex flex-col gap-0.5">
						{left.slice(0, named).map(({ id, role, content }) => (
							<li key={id} className="truncate" dir="auto">
								<span className="text-ink-3">{role === 'user' ? t('You:') : t('Answer:')} </span>
								{content.slice(0, 120)}
							</li>
						))}
						{left.length > named ? (
							<li className="text-ink-3">{t('and {count} more', { count: formatCount(left.length - named) })}</li>
						) : null}
					</ol>
				</div>
			) : (
				<p className="mt-2 text-xs text-ink-3">
					{tokens.overflow?.summary == null
						? t('When the context is full, the oldest messages are left out. The system prompt is kept.')
						: describeOverflowUse(tokens.overflow)}
				</p>
			)}
			{exact ? null : (
				<p className="mt-2 text-xs text-ink-3">
					{t('Estimated from the length of the text until the model is loaded.')}
				</p>
			)}
		</div>
	);
}

function Row({
	name,
	value,
	strong = false,
	pale = false,
}: {
	name: string;
	value: string;
	strong?: boolean;
	pale?: boolean;
}) {
	return (
		<tr className={strong ? 'border-t border-line text-ink' : pale ? 'text-ink-3' : 'text-ink-2'}>
			<th scope="row" className={`py-[3px] text-left ${strong ? 'font-medium' : 'font-normal'}`}>
				{name}
			</th>
			<td className={`py-[3px] text-right font-mono ${strong ? 'font-medium' : ''}`}>{value}</td>
		</tr>
	);
}
