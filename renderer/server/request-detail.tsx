import { ChevronRight, Copy, ListPlus, MessageSquareReply, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useStore } from 'zustand';
import type { RequestBody, ServerRequest } from '../../electron/contract/server/request-log.ts';
import { useCopy } from '../app/clipboard.ts';
import { useQuery } from '../connection/use-query.ts';
import { Button, IconButton, textLinkClass } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatClockTime, formatCount, formatDuration, formatFullTime, formatRate } from '../design/format.ts';
import { PaneHeader } from '../design/headers.tsx';
import { Icon } from '../design/icon.tsx';
import { Scroller } from '../design/scroll-area.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { useNow } from '../design/use-now.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { deleteRequests, replayInChat } from './request-actions.ts';
import { RequestOutcomeMark } from './request-marks.tsx';
import {
	describeCachedShare,
	describeClient,
	describeErrorCode,
	describeKey,
	describeRoute,
	nextSteps,
	outcomeOf,
} from './server-wording.ts';

/** Longer texts are cut to this length, in characters; Copy takes all. */
const shownLength = 20_000;

/** One ended request: how it went and why, its figures, and its texts if they are kept. */
export function RequestDetail({ request, onClose }: { request: ServerRequest; onClose: () => void }) {
	const services = useServices();
	const { addingToDataset } = services;
	const { data, failure } = useQuery(`${request.id} ${request.hasBody}`, (client, signal) =>
		client.server.request({ id: request.id }, { signal }),
	);
	const body = data?.request.id === request.id ? data.body : undefined;
	const [replaying, setReplaying] = useState(false);
	async function replay(): Promise<void> {
		setReplaying(true);
		await replayInChat(services, request.id);
		setReplaying(false);
	}
	const { modelFileId } = request;
	const withoutPrompt = modelFileId === null ? t('This request used no model') : undefined;
	return (
		<>
			<PaneHeader heading={t('Request')} onClose={onClose}>
				<IconButton
					icon={Trash2}
					label={t('Delete request')}
					onClick={() => void deleteRequests(services, [request.id])}
				/>
			</PaneHeader>
			<div className="flex min-h-0 flex-1 flex-col gap-3.5 overflow-x-hidden overflow-y-auto px-4 py-3.5">
				<div>
					<p className="font-mono text-xs font-medium [overflow-wrap:anywhere]" dir="auto">
						{describeRoute(request.route)}
					</p>
					<p className="mt-0.5 text-xs text-ink-2 [overflow-wrap:anywhere]">
						{describeClient(request)} · {formatFullTime(request.startedAt)}
					</p>
				</div>
				<Trouble request={request} />
				{request.hasBody ? (
					<div className="flex flex-wrap gap-1.5">
						<Button
							size="sm"
							icon={MessageSquareReply}
							busy={replaying ? t('Opening') : undefined}
							blocked={withoutPrompt}
							onClick={() => void replay()}
						>
							{t('Replay in chat')}
						</Button>
						<Button
							size="sm"
							icon={ListPlus}
							blocked={withoutPrompt}
							onClick={() => addingToDataset.ask({ kind: 'requests', ids: [request.id] })}
						>
							{t('Add to dataset')}
						</Button>
					</div>
				) : null}
				<Facts request={request} />
				{failure !== null ? (
					<FailureCard title={t('Couldn’t open the request')} failure={failure} />
				) : body === undefined ? (
					<Skeleton rows={3} />
				) : body === null ? (
					<NotKept />
				) : (
					<Texts body={body} />
				)}
			</div>
		</>
	);
}

/** What went wrong, why, and what to do about it. */
function Trouble({ request }: { request: ServerRequest }) {
	const services = useServices();
	const outcome = outcomeOf(request);
	if (outcome === 'fine') return null;
	const steps = nextSteps(request, services);
	const buttons = steps.flatMap(({ go }) => (go === undefined ? [] : [go]));
	const title =
		outcome === 'left'
			? t('The client disconnected')
			: request.errorCode === null
				? t('Failed')
				: describeErrorCode(request.errorCode);
	const message =
		request.error ??
		(outcome === 'left'
			? t('The program closed its connection before the answer was complete.')
			: t('The server answered with status {status}.', { status: String(request.status) }));
	return (
		<FailureCard
			title={title}
			failure={{ message, next: steps.map(({ words }) => words) }}
			actions={
				buttons.length === 0
					? undefined
					: buttons.map(({ label, run }) => (
							<Button key={label} size="sm" onClick={run}>
								{label}
							</Button>
						))
			}
		/>
	);
}

function Facts({ request }: { request: ServerRequest }) {
	const { promptTokens, cachedTokens, completionTokens, cacheMiss, queueMs, ttftMs, generationMs } = request;
	const tokens = (count: number) => t('{count, plural, one {# token} other {# tokens}}', { count });
	const facts: (readonly [name: string, value: ReactNode] | null)[] = [
		[t('Outcome'), <RequestOutcomeMark key="outcome" request={request} />],
		[t('Key'), describeKey(request.key)],
		request.model === '' ? null : [t('Model'), request.model],
		promptTokens === null ? null : [t('Input'), tokens(promptTokens)],
		cachedTokens === null || promptTokens === null
			? null
			: [
					t('Cached'),
					cachedTokens === 0
						? t('none')
						: t('{count, plural, one {# token} other {# tokens}}, {share}', {
								count: cachedTokens,
								share: describeCachedShare(request),
							}),
				],
		cacheMiss === null ? null : [t('Differs from'), <CacheMiss key="miss" miss={cacheMiss} />],
		completionTokens === null ? null : [t('Output'), tokens(completionTokens)],
		queueMs === null ? null : [t('In the queue'), formatDuration(queueMs)],
		ttftMs === null ? null : [t('First token'), t('after {time}', { time: formatDuration(ttftMs) })],
		generationMs === null || generationMs === 0 || completionTokens === null || completionTokens < 2
			? null
			: [t('Speed'), formatRate(((completionTokens - 1) * 1000) / generationMs)],
		[t('Total'), formatDuration(request.durationMs)],
		[t('Streamed'), request.streamed ? t('Yes') : t('No')],
		request.deterministic ? [t('Deterministic'), t('Yes')] : null,
		request.responseId === null
			? null
			: [
					t('Response'),
					<span key="id" className="font-mono text-2xs select-text">
						{request.responseId}
					</span>,
				],
	];
	return (
		<dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5 text-xs">
			{facts
				.filter((fact) => fact !== null)
				.map(([name, value]) => (
					<div key={name} className="contents">
						<dt className="text-ink-3">{name}</dt>
						<dd className="min-w-0 tabular-nums [overflow-wrap:anywhere]">{value}</dd>
					</div>
				))}
		</dl>
	);
}

/** The first token that was not the cached one, in both texts if they are kept. */
function CacheMiss({ miss }: { miss: NonNullable<ServerRequest['cacheMiss']> }) {
	const { at, cached, prompt } = miss;
	const piece = (text: string) => (
		<code className="rounded-xs bg-sunken px-1 font-mono text-2xs whitespace-pre-wrap" dir="auto">
			{text.replaceAll('\n', '↵').replaceAll(' ', '␣')}
		</code>
	);
	return (
		<>
			{t('token {at}', { at: formatCount(at + 1) })}
			{cached === null || prompt === null ? null : (
				<span className="block">
					{piece(cached)} <span className="text-ink-3">→</span> {piece(prompt)}
				</span>
			)}
		</>
	);
}

/** Why there are no texts, and how later requests get theirs kept. */
function NotKept() {
	const { layout, settings } = useServices();
	const isOff = useStore(settings.state, (state) => state.serverKeepBodies === 'off');
	return (
		<div className="rounded-lg border border-line bg-sunken px-3.5 py-3 text-xs text-ink-2">
			<h3 className="font-semibold text-ink">{t('Its texts aren’t kept')}</h3>
			<p className="mt-0.5 text-pretty">
				{isOff
					? t(
							'Keep the texts of requests in the server settings; later ones can then be opened, replayed in a chat and added to a dataset.',
						)
					: t('It arrived while texts weren’t kept, or its texts have been deleted since.')}
			</p>
			{isOff ? (
				<button
					type="button"
					className={`mt-1.5 ${textLinkClass}`}
					onClick={() => layout.go({ section: 'settings', part: 'server' })}
				>
					{t('Server settings')}
				</button>
			) : null}
		</div>
	);
}

/** What the program asked and was answered. */
function Texts({ body }: { body: RequestBody }) {
	const now = useNow();
	const [raw, setRaw] = useState(false);
	const { copied, copy } = useCopy();
	const { prompt, answers, deletedAt } = body;
	return (
		<section aria-label={t('Texts')} className="flex flex-col gap-3.5">
			<p className="text-2xs text-ink-3">
				{deletedAt === null
					? t('Texts are kept until you delete them.')
					: t('Texts are deleted {at}.', { at: formatClockTime(deletedAt, now) })}
			</p>
			{prompt === null ? null : (
				<div>
					<h3 className="mb-1.5 text-xs font-semibold">{t('Prompt')}</h3>
					<ol className="overflow-hidden rounded-md border border-line">
						{prompt.turns.map(({ role, content, toolCalls = [] }, index) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: turns stand in order
							<Piece key={index} name={roleName(role)} text={withCalls(content, toolCalls)} />
						))}
						{prompt.prefill === null ? null : <Piece name={t('Start of the answer')} text={prompt.prefill} />}
					</ol>
				</div>
			)}
			{answers.map(({ content, reasoning, calls }, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: answers stand in order
				<div key={index}>
					<h3 className="mb-1.5 text-xs font-semibold">
						{answers.length === 1
							? t('Answer')
							: t('Answer {index} of {count}', { index: formatCount(index + 1), count: formatCount(answers.length) })}
					</h3>
					<ol className="overflow-hidden rounded-md border border-line">
						{reasoning === '' ? null : <Piece name={t('Reasoning')} text={reasoning} />}
						<Piece name={t('Answer')} text={withCalls(content, calls)} />
					</ol>
				</div>
			))}
			<div className="-mt-1">
				<div className="flex gap-1">
					<Button kind="ghost" size="sm" aria-expanded={raw} onClick={() => setRaw(!raw)}>
						<Icon of={ChevronRight} size={14} className={raw ? 'rotate-90' : ''} />
						{t('Request as sent')}
					</Button>
					<Button kind="ghost" size="sm" icon={Copy} onClick={() => copy(body.request)}>
						{copied ? t('Copied') : t('Copy')}
					</Button>
				</div>
				{raw ? (
					<Scroller
						label={t('Request as sent')}
						className="mt-1.5 max-h-64 rounded-md border border-line bg-sunken px-2.5 py-2"
					>
						<pre className="foreign font-mono text-2xs whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
							{cut(indented(body.request))}
						</pre>
					</Scroller>
				) : null}
			</div>
		</section>
	);
}

function Piece({ name, text }: { name: string; text: string }) {
	return (
		<li className="border-b border-line px-2.5 py-1.5 last:border-b-0">
			<span className="block text-2xs text-ink-3">{name}</span>
			<p className="foreign text-xs/5 whitespace-pre-wrap [overflow-wrap:anywhere] select-text" dir="auto">
				{text === '' ? <span className="text-ink-3">{t('empty')}</span> : cut(text)}
			</p>
		</li>
	);
}

function roleName(role: string): string {
	switch (role) {
		case 'system':
			return t('System');
		case 'user':
			return t('User');
		case 'assistant':
			return t('Answer');
		case 'tool':
			return t('Result of a tool');
		default:
			return role;
	}
}

function withCalls(content: string, calls: readonly { readonly name: string; readonly arguments: string }[]): string {
	const texts = calls.map(({ name, arguments: json }) => `${name}(${json})`);
	return [...(content === '' ? [] : [content]), ...texts].join('\n');
}

function cut(text: string): string {
	return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

function indented(json: string): string {
	try {
		return JSON.stringify(JSON.parse(json), null, 2);
	} catch {
		return json;
	}
}
