import { Copy, Plus, Wrench } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useStore } from 'zustand';
import { type McpClientName, mcpClientFacts, mcpClients } from '../../electron/contract/server/mcp-config.ts';
import type { ToolsView, ToolView } from '../../electron/contract/tools/schema.ts';
import { copyText } from '../app/clipboard.ts';
import { Button } from '../design/button.tsx';
import { EmptyState } from '../design/empty-state.tsx';
import { FailureCard } from '../design/failure-card.tsx';
import { formatCount } from '../design/format.ts';
import { Menu, MenuItem } from '../design/menu.tsx';
import { Skeleton } from '../design/skeleton.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from '../settings/setting-row.tsx';
import { AddServer } from './add-server.tsx';
import { ToolFolders } from './tool-folders.tsx';
import { ToolLimits } from './tool-limits.tsx';
import { ToolLog } from './tool-log.tsx';
import { ToolPermissions } from './tool-permissions.tsx';
import { ToolServerCard } from './tool-server-card.tsx';
import { ToolSwitch } from './tool-switch.tsx';
import { useAttempt } from './use-attempt.ts';

/** Tools that models may call: built in and of servers, what is allowed without asking, and every call. */
export function ToolsSection() {
	const { tools } = useServices();
	const { view, failure, calls, hasMore } = useStore(tools.state);
	const [adding, setAdding] = useState(false);
	useEffect(() => tools.watch(), [tools]);
	if (view === null) {
		return failure === null ? (
			<Skeleton rows={20} />
		) : (
			<FailureCard title={t('The tools can’t be shown')} failure={failure} />
		);
	}
	return (
		<>
			<p className="text-xs text-pretty text-ink-3">
				{t(
					'A model can call these tools while it answers. Each is off until you switch it on, and a call asks you first unless you have allowed it.',
				)}
			</p>
			<ContextCost tools={view.tools} />
			<BuiltInTools view={view} />
			<section aria-label={t('Tool servers')} className="flex flex-col gap-3">
				<SettingRow
					label={<h3 className="font-semibold">{t('Tool servers')}</h3>}
					description={t(
						'Programs and services that offer tools through the Model Context Protocol. None runs before you have read and approved its command.',
					)}
				>
					{view.servers.length === 0 ? null : (
						<>
							<ExportMenu />
							<Button icon={Plus} onClick={() => setAdding(true)}>
								{t('Add a server')}
							</Button>
						</>
					)}
				</SettingRow>
				{view.servers.length === 0 ? (
					<EmptyState
						icon={Wrench}
						title={t('No tool servers yet')}
						actions={
							<Button icon={Plus} onClick={() => setAdding(true)}>
								{t('Add a server')}
							</Button>
						}
					>
						{t('Add one by its command or address, or import those of Claude Desktop, Cursor, VS Code or LM Studio.')}
					</EmptyState>
				) : (
					<ul aria-label={t('Tool servers')} className="flex flex-col gap-3">
						{view.servers.map((server) => (
							<li key={server.id}>
								<ToolServerCard server={server} tools={view.tools.filter(({ serverId }) => serverId === server.id)} />
							</li>
						))}
					</ul>
				)}
			</section>
			<ToolLimits />
			<ToolPermissions view={view} />
			<ToolLog calls={calls} hasMore={hasMore} />
			{adding ? <AddServer onClose={() => setAdding(false)} /> : null}
		</>
	);
}

/** What the definitions of all tools that are on take in each prompt. */
function ContextCost({ tools }: { tools: readonly ToolView[] }) {
	const on = tools.filter(({ isOn, isMissing }) => isOn && !isMissing);
	if (on.length === 0) return null;
	const tokens = on.reduce((sum, tool) => sum + tool.tokens, 0);
	return (
		<p role="status" className="text-xs text-ink-2 tabular-nums">
			{t(
				'{count, plural, one {# tool is on and takes} other {# tools are on and take}} about {tokens} tokens of each prompt that uses tools.',
				{ count: on.length, tokens: formatCount(tokens) },
			)}
		</p>
	);
}

function BuiltInTools({ view }: { view: ToolsView }) {
	const builtIn = view.tools.filter(({ serverId }) => serverId === null);
	const readsFiles = builtIn.some(({ name, isOn }) => isOn && (name === 'read_file' || name === 'list_folder'));
	return (
		<section aria-label={t('Built-in tools')} className="flex flex-col gap-3">
			<h3 className="font-semibold">{t('Built-in tools')}</h3>
			{builtIn.map((tool) => (
				<ToolSwitch key={tool.id} tool={tool} />
			))}
			{readsFiles || view.folders.length > 0 ? <ToolFolders folders={view.folders} /> : null}
		</section>
	);
}

/** Copies the servers in the form of another program. */
function ExportMenu() {
	const { connection, toasts } = useServices();
	const attempt = useAttempt();
	const copyFor = (client: McpClientName) =>
		attempt(async () => {
			const { clientName, file, text } = await connection.client.tools.exportServers({ client });
			if (await copyText(text))
				toasts.show({ text: t('Copied for {clientName}. Put it into {file}.', { clientName, file }) });
			else toasts.fail(t('The browser doesn’t allow copying.'));
		});
	return (
		<Menu trigger={<Button icon={Copy}>{t('Copy servers for …')}</Button>}>
			{mcpClients.map((client) => (
				<MenuItem key={client} onSelect={() => void copyFor(client)}>
					{mcpClientFacts[client].name}
				</MenuItem>
			))}
		</Menu>
	);
}
