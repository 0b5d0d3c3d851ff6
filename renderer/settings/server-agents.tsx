import { Bot, Copy } from 'lucide-react';
import { type McpClientName, mcpClientFacts, mcpClients } from '../../electron/contract/server/mcp-config.ts';
import { copyText } from '../app/clipboard.ts';
import { isConnectionLoss, toFailure } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { Menu, MenuItem } from '../design/menu.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from './setting-row.tsx';

/** How agents of other programs use Assay: what they must have in their configuration. */
export function ServerAgents() {
	const { connection, toasts } = useServices();

	async function copyFor(client: McpClientName): Promise<void> {
		try {
			const { clientName, file, text } = await connection.client.server.mcpConfig({ client });
			if (!(await copyText(text))) {
				toasts.fail(t('The browser doesn’t allow copying. Run: assay mcp --print-config {client}', { client }));
				return;
			}
			toasts.show({ text: t('Copied for {clientName}. Put it into {file}.', { clientName, file }), icon: Copy });
		} catch (error) {
			if (!isConnectionLoss(error)) toasts.fail(toFailure(error).message);
		}
	}

	return (
		<SettingRow
			label={t('Agents')}
			description={t(
				'Agents ask your models, run evaluations and get verdicts through the Model Context Protocol. They can’t read your conversations.',
			)}
		>
			<Menu trigger={<Button icon={Bot}>{t('Copy configuration for …')}</Button>}>
				{mcpClients.map((client) => (
					<MenuItem key={client} onSelect={() => void copyFor(client)}>
						{mcpClientFacts[client].name}
					</MenuItem>
				))}
			</Menu>
		</SettingRow>
	);
}
