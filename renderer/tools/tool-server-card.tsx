import { LogIn, Play, RefreshCw, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { ShownLaunch, ToolServer, ToolServerState, ToolView } from '../../electron/contract/tools/schema.ts';
import { openOutside } from '../connection/open-outside.ts';
import { Badge } from '../design/badge.tsx';
import { Button, IconButton } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatList } from '../design/format.ts';
import { Spinner } from '../design/spinner.tsx';
import { Switch } from '../design/switch.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { ToolSwitch } from './tool-switch.tsx';
import { useAttempt, useBusyAttempt } from './use-attempt.ts';

/** A server with its command or address, its state and its tools. */
export function ToolServerCard({ server, tools }: { server: ToolServer; tools: readonly ToolView[] }) {
	const { connection, toasts } = useServices();
	const calls = connection.client.tools;
	const attempt = useAttempt();
	const [busy, work] = useBusyAttempt();
	const { id, name, state, launch, isOn } = server;
	const connecting = busy || state === 'connecting';

	const remove = () =>
		attempt(async () => {
			await calls.removeServer({ id });
			toasts.show({
				text: t('“{name}” was removed', { name }),
				action: { label: t('Undo'), run: () => void attempt(() => calls.restoreServer({ id })) },
			});
		});

	return (
		<article aria-label={name} className="rounded-lg border border-line px-3.5 py-3">
			<header className="flex flex-wrap items-center gap-2">
				<p className="min-w-0 truncate font-semibold">{name}</p>
				<StateBadge state={connecting ? 'connecting' : state} />
				<span className="flex-1" />
				{state === 'waiting' ? null : (
					<Button
						size="sm"
						icon={RefreshCw}
						busy={connecting ? t('Connecting') : undefined}
						blocked={isOn ? undefined : t('The server is off')}
						onClick={() => void work(() => calls.connectServer({ id }))}
					>
						{t('Connect again')}
					</Button>
				)}
				<IconButton icon={Trash2} size="sm" label={t('Remove {name}', { name })} onClick={() => void remove()} />
			</header>
			<Launch launch={launch} />
			{state === 'waiting' ? (
				<Approval
					server={server}
					busy={busy}
					onApprove={() => void work(() => calls.approveServer({ id, launchHash: server.launchHash }))}
				/>
			) : null}
			{state === 'sign-in' ? <SignIn server={server} /> : null}
			{state === 'failed' && server.failure !== null ? (
				<div className="mt-2.5">
					<FailureCard title={t('The server isn’t connected')} failure={server.failure} />
				</div>
			) : null}
			{connecting ? (
				<p role="status" className="mt-2.5 flex items-center gap-2 text-xs text-ink-3">
					<Spinner />
					{t('The first start can take a minute: the program may have to be downloaded.')}
				</p>
			) : null}
			{state === 'waiting' ? null : (
				<div className="mt-3 flex flex-col gap-3 border-t border-line pt-3">
					<Switch
						label={t('Use this server')}
						checked={isOn}
						onChange={(on) => void attempt(() => calls.setServer({ id, on }))}
					/>
					<Tools tools={tools} state={state} />
				</div>
			)}
		</article>
	);
}

/** More tools than this are folded. */
const shownAtOnce = 6;

function Tools({ tools, state }: { tools: readonly ToolView[]; state: ToolServerState }) {
	const [all, setAll] = useState(false);
	if (tools.length === 0) {
		return state === 'connected' ? <p className="text-xs text-ink-3">{t('This server offers no tools.')}</p> : null;
	}
	// What is on, or waits for the person, is never folded away.
	const first = tools.filter(({ isOn, changed }) => isOn || changed !== null);
	const shown =
		all || tools.length <= shownAtOnce
			? tools
			: [...first, ...tools.filter((tool) => !first.includes(tool))].slice(0, Math.max(shownAtOnce, first.length));
	const folded = tools.length - shown.length;
	return (
		<>
			{shown.map((tool) => (
				<ToolSwitch key={tool.id} tool={tool} />
			))}
			{folded === 0 ? null : (
				<div>
					<Button size="sm" onClick={() => setAll(true)}>
						{t('Show {folded, plural, one {# more tool} other {# more tools}}', { folded })}
					</Button>
				</div>
			)}
		</>
	);
}

/** The whole command or address: nothing of it is cut. */
function Launch({ launch }: { launch: ShownLaunch }) {
	const names = launch.kind === 'command' ? launch.variables : launch.headers;
	return (
		<div className="mt-2 flex flex-col gap-1 text-xs text-ink-2">
			{launch.kind === 'url' ? (
				<p
					className="rounded-md bg-sunken px-2 py-1.5 font-mono [overflow-wrap:anywhere] select-text"
					dir="ltr"
					translate="no"
				>
					{launch.url}
				</p>
			) : (
				<ol
					aria-label={t('Command and arguments')}
					dir="ltr"
					translate="no"
					className="flex flex-wrap gap-1 rounded-md bg-sunken px-2 py-1.5 font-mono select-text"
				>
					{[launch.command, ...launch.args].map((word, index) => (
						<li
							// biome-ignore lint/suspicious/noArrayIndexKey: arguments stand in order
							key={index}
							className="rounded-xs bg-hover px-1 whitespace-pre-wrap [overflow-wrap:anywhere]"
						>
							{word}
						</li>
					))}
				</ol>
			)}
			{launch.kind === 'command' && launch.folder !== null ? (
				<p className="[overflow-wrap:anywhere]">{t('in the folder {folder}', { folder: launch.folder })}</p>
			) : null}
			{names.length === 0 ? null : (
				<p className="[overflow-wrap:anywhere]">
					{launch.kind === 'command'
						? t('with the variables {names}', { names: formatList(names) })
						: t('with the headers {names}', { names: formatList(names) })}
				</p>
			)}
		</div>
	);
}

function Approval({ server, busy, onApprove }: { server: ToolServer; busy: boolean; onApprove: () => void }) {
	return (
		<div className="mt-2.5 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
			<p className="min-w-0 flex-[1_1_16rem] text-xs text-pretty text-ink-2">
				{server.launch.kind === 'command'
					? t(
							'This program runs on your computer with your rights: it can read and change your files and use the network. Approve it only if you know where it comes from.',
						)
					: t('Assay sends the arguments of each call to this address. Approve it only if you trust who runs it.')}
			</p>
			<Button
				kind="primary"
				icon={Play}
				busy={busy ? t('Connecting') : undefined}
				aria-label={t('Approve and start {name}', { name: server.name })}
				onClick={onApprove}
			>
				{t('Approve and start')}
			</Button>
		</div>
	);
}

function SignIn({ server }: { server: ToolServer }) {
	const { connection } = useServices();
	const [busy, work] = useBusyAttempt();
	return (
		<div className="mt-2.5 flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
			<p className="min-w-0 flex-[1_1_16rem] text-xs text-pretty text-ink-2">
				{t('The server asks you to sign in. Its page opens in your browser and leads back here.')}
			</p>
			<Button
				kind="primary"
				icon={LogIn}
				busy={busy ? t('Asking the server') : undefined}
				onClick={() =>
					void work(async () => {
						const { url } = await connection.client.tools.signIn({ id: server.id });
						if (url !== '') await openOutside(url);
					})
				}
			>
				{t('Sign in')}
			</Button>
		</div>
	);
}

function StateBadge({ state }: { state: ToolServerState }) {
	switch (state) {
		case 'connected':
			return <Badge tone="good">{t('connected')}</Badge>;
		case 'waiting':
			return <Badge tone="warn">{t('waiting for your approval')}</Badge>;
		case 'sign-in':
			return <Badge tone="warn">{t('needs a sign-in')}</Badge>;
		case 'failed':
			return <Badge tone="bad">{t('failed')}</Badge>;
		case 'connecting':
			return <Badge tone="accent">{t('connecting')}</Badge>;
		case 'off':
			return <Badge tone="plain">{t('off')}</Badge>;
		case 'ready':
			return <Badge tone="plain">{t('starts when it is needed')}</Badge>;
	}
}
