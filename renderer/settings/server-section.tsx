import { ChartNoAxesGantt, Copy, Plus } from 'lucide-react';
import { useState } from 'react';
import { useStore } from 'zustand';
import type { ServerKey, ServerScope } from '../../electron/contract/server/schema.ts';
import { useCopy } from '../app/clipboard.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatFullTime } from '../design/format.ts';
import { Switch } from '../design/switch.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { DeleteTextsButton, KeepTextsMenu, useKeptTextsMeaning } from '../server/keep-texts.tsx';
import { useServices } from '../services.ts';
import { ServerAgents } from './server-agents.tsx';
import { ServerAliases } from './server-aliases.tsx';
import { SettingRow } from './setting-row.tsx';
import { useReloadable } from './use-reloadable.ts';

/** The server that other programs on this computer use, and their keys. */
export function ServerSection() {
	const { connection, settings, toasts } = useServices();
	const { server } = connection.client;
	const on = useStore(settings.state, (state) => state.serverOn);
	const open = useStore(settings.state, (state) => state.serverOpen);
	const port = useStore(settings.state, (state) => state.serverPort);
	const status = useReloadable(() => server.status(), `${on} ${port}`);
	const keys = useReloadable(async () => (await server.keys()).keys, `${on} ${port}`);
	const [secret, setSecret] = useState<{ readonly name: string; readonly text: string } | null>(null);

	async function attempt(work: () => Promise<void>): Promise<void> {
		try {
			await work();
		} catch (error) {
			if (!isConnectionLoss(error)) toasts.fail(toFailure(error).message);
		}
		status.reload();
		keys.reload();
	}

	async function turn(next: boolean, at = port): Promise<void> {
		await attempt(async () => {
			if (!next) return void (await server.stop());
			const { key } = await server.start({ port: at });
			if (key !== null) setSecret({ name: t('First key'), text: key });
		});
	}

	return (
		<>
			<Switch
				label={t('Serve models to other programs')}
				description={t(
					'Editors and scripts on this computer use your models through the APIs of OpenAI, Anthropic and Ollama, each with a key. Nothing outside this computer can connect.',
				)}
				checked={on}
				onChange={(next) => void turn(next)}
			/>
			{status.value?.state === 'failed' ? (
				<FailureCard title={t('The server isn’t running')} failure={status.value.failure} />
			) : null}
			<RequestsLink />
			{status.value?.state === 'on' ? <Address url={status.value.url} /> : null}
			<PortField
				key={port}
				port={port}
				onChange={(next) => void (on ? turn(true, next) : settings.change({ serverPort: next }))}
			/>
			<Switch
				label={t('Answer without a key')}
				description={t(
					'For programs that can’t send one, such as some Ollama clients. Every program on this computer can then use your models.',
				)}
				checked={open}
				onChange={(next) => settings.change({ serverOpen: next })}
			/>
			{secret === null ? null : <NewKey name={secret.name} secret={secret.text} onDone={() => setSecret(null)} />}
			<Keys
				keys={keys.value ?? []}
				onAdd={(name) =>
					void attempt(async () => {
						const scopes: ServerScope[] = ['inference'];
						const added = await server.addKey({ name, scopes });
						setSecret({ name: added.key.name, text: added.secret });
					})
				}
				onRevoke={(key) =>
					void attempt(async () => {
						await server.revokeKey({ id: key.id });
						const undo = (): void => void attempt(async () => void (await server.restoreKey({ id: key.id })));
						toasts.show({
							text: t('“{name}” was revoked', { name: key.name }),
							action: { label: t('Undo'), run: undo },
						});
					})
				}
			/>
			<KeepTexts />
			<ServerAliases />
			<ServerAgents />
		</>
	);
}

function Address({ url }: { url: string }) {
	const { copied, copy } = useCopy();
	return (
		<SettingRow label={t('Address')} description={<span className="font-mono select-text">{url}</span>}>
			<Button icon={Copy} onClick={() => copy(url)}>
				{copied ? t('Copied') : t('Copy address')}
			</Button>
		</SettingRow>
	);
}

/** The way to the page of requests. */
function RequestsLink() {
	const { layout } = useServices();
	return (
		<SettingRow
			label={t('Requests')}
			description={t(
				'Running and past requests with their errors and times, and the use of each key. They are under Activity.',
			)}
		>
			<Button icon={ChartNoAxesGantt} onClick={() => layout.go({ section: 'activity', part: 'server' })}>
				{t('Show requests')}
			</Button>
		</SettingRow>
	);
}

function KeepTexts() {
	return (
		<SettingRow label={t('Keep texts of requests')} description={useKeptTextsMeaning()}>
			<DeleteTextsButton />
			<KeepTextsMenu />
		</SettingRow>
	);
}

function PortField({ port, onChange }: { port: number; onChange: (port: number) => void }) {
	const [text, setText] = useState(String(port));
	const next = Number(text);
	const valid = /^\d+$/.test(text) && next >= 1 && next <= 65_535;
	return (
		<div className="w-40">
			<TextField
				label={t('Port')}
				mono
				inputMode="numeric"
				autoComplete="off"
				value={text}
				error={valid ? undefined : t('A whole number from 1 to 65,535')}
				onChange={(event) => setText(event.target.value)}
				onBlur={() => {
					if (valid && next !== port) onChange(next);
				}}
			/>
		</div>
	);
}

/** A key that was just made: the only time it can be seen. */
function NewKey({ name, secret, onDone }: { name: string; secret: string; onDone: () => void }) {
	const { copied, copy } = useCopy();
	return (
		<div role="status" className="rounded-lg border border-line bg-sunken px-3.5 py-3">
			<h3 className="font-semibold">{t('Copy this key now')}</h3>
			<p className="text-xs text-pretty text-ink-2">
				{t('Assay won’t show “{name}” again: it keeps only a fingerprint.', { name })}
			</p>
			<p className="mt-2 font-mono text-xs [overflow-wrap:anywhere] select-text">{secret}</p>
			<div className="mt-2.5 flex gap-1.5">
				<Button kind="primary" icon={Copy} onClick={() => copy(secret)}>
					{copied ? t('Copied') : t('Copy key')}
				</Button>
				<Button onClick={onDone}>{t('Done')}</Button>
			</div>
		</div>
	);
}

function Keys({
	keys,
	onAdd,
	onRevoke,
}: {
	keys: readonly ServerKey[];
	onAdd: (name: string) => void;
	onRevoke: (key: ServerKey) => void;
}) {
	const [name, setName] = useState('');
	function add(): void {
		if (name.trim() === '') return;
		onAdd(name.trim());
		setName('');
	}
	const usable = keys.filter(({ revokedAt }) => revokedAt === null);
	return (
		<>
			<div className="flex items-end gap-1.5">
				<div className="flex-1">
					<TextField
						label={t('New key')}
						placeholder={t('Name of the program that uses it')}
						maxLength={100}
						autoComplete="off"
						value={name}
						onChange={(event) => setName(event.target.value)}
						onKeyDown={(event) => {
							if (event.key === 'Enter') add();
						}}
					/>
				</div>
				<Button icon={Plus} onClick={add}>
					{t('Create key')}
				</Button>
			</div>
			{usable.length === 0 ? (
				<p className="text-xs text-ink-3">
					{t('No keys yet. The first one is created when you switch the server on.')}
				</p>
			) : (
				<ul aria-label={t('Keys')} className="flex flex-col gap-3">
					{usable.map((key) => (
						<li key={key.id}>
							<SettingRow
								label={key.name}
								description={
									<>
										<span className="font-mono">{key.beginning}…</span> ·{' '}
										{key.lastUsedAt === null
											? t('never used')
											: t('last used {lastUsedAt}', { lastUsedAt: formatFullTime(key.lastUsedAt) })}
									</>
								}
							>
								<Button kind="danger" aria-label={t('Revoke {name}', { name: key.name })} onClick={() => onRevoke(key)}>
									{t('Revoke')}
								</Button>
							</SettingRow>
						</li>
					))}
				</ul>
			)}
		</>
	);
}
