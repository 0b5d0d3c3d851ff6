import type { ArgumentPattern, ToolGrant, ToolsView } from '../../electron/contract/tools/schema.ts';
import { Button } from '../design/button.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from '../settings/setting-row.tsx';
import { useAttempt } from './use-attempt.ts';

/** Calls that are made without asking. */
export function ToolPermissions({ view }: { view: ToolsView }) {
	const { connection, toasts } = useServices();
	const attempt = useAttempt();
	const { grants, tools } = view;
	const revoke = ({ id, toolId, pattern, conversationId }: ToolGrant) =>
		attempt(async () => {
			await connection.client.tools.revokeGrant({ id });
			const again = {
				toolId,
				pattern,
				conversationId,
				scope: conversationId === null ? 'always' : 'conversation',
			} as const;
			toasts.show({
				text: t('These calls ask again'),
				action: { label: t('Undo'), run: () => void attempt(() => connection.client.tools.grant(again)) },
			});
		});
	return (
		<section aria-label={t('Permissions')} className="flex flex-col gap-3">
			<SettingRow
				label={<h3 className="font-semibold">{t('Permissions')}</h3>}
				description={
					grants.length === 0
						? t('Every call asks you first. What you allow for a conversation or always is listed here.')
						: t('These calls are made without asking.')
				}
			/>
			{grants.length === 0 ? null : (
				<ul aria-label={t('Permissions')} className="flex flex-col gap-2">
					{grants.map((grant) => {
						const name = tools.find(({ id }) => id === grant.toolId)?.name ?? String(grant.toolId);
						return (
							<li key={grant.id}>
								<SettingRow
									label={<span className="font-mono text-xs">{name}</span>}
									description={
										<span className="[overflow-wrap:anywhere]">
											{patternWords(grant.pattern)}
											{' · '}
											{grant.conversationId === null
												? t('in all conversations')
												: t('in “{conversation}”', { conversation: grant.conversation ?? '' })}
										</span>
									}
								>
									<Button
										kind="danger"
										aria-label={t('Revoke the permission of {name}', { name })}
										onClick={() => void revoke(grant)}
									>
										{t('Revoke')}
									</Button>
								</SettingRow>
							</li>
						);
					})}
				</ul>
			)}
		</section>
	);
}

/** Which calls a permission covers. */
function patternWords(pattern: ArgumentPattern): string {
	switch (pattern.kind) {
		case 'any':
			return t('any arguments');
		case 'exact':
			return t('exactly {arguments}', { arguments: JSON.stringify(pattern.arguments) });
		case 'prefix':
			return t('{argument} in {prefix}', { argument: pattern.argument, prefix: pattern.prefix });
	}
}
