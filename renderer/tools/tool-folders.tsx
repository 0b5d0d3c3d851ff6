import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../design/button.tsx';
import { TextField } from '../design/text-field.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { SettingRow } from '../settings/setting-row.tsx';
import { useAttempt } from './use-attempt.ts';

/** Looks the same in every language. */
const examplePath = '/home/ada/notes';

/** The folders that the built-in file tools may read, and nothing beside them. */
export function ToolFolders({ folders }: { folders: readonly string[] }) {
	const { connection, toasts } = useServices();
	const attempt = useAttempt();
	const [path, setPath] = useState('');
	const set = (next: readonly string[]) => connection.client.tools.setFolders({ folders: [...next] });
	const add = () =>
		attempt(async () => {
			if (path.trim() === '') return;
			await set([...folders, path.trim()]);
			setPath('');
		});
	const remove = (folder: string) =>
		attempt(async () => {
			await set(folders.filter((one) => one !== folder));
			toasts.show({
				text: t('{folder} can no longer be read', { folder }),
				action: { label: t('Undo'), run: () => void attempt(() => set(folders)) },
			});
		});
	return (
		<section aria-label={t('Folders that may be read')} className="flex flex-col gap-2">
			<div className="flex items-end gap-1.5">
				<div className="flex-1">
					<TextField
						label={t('Folder that the file tools may read')}
						placeholder={examplePath}
						mono
						autoComplete="off"
						spellCheck={false}
						value={path}
						onChange={(event) => setPath(event.target.value)}
						onKeyDown={(event) => {
							if (event.key === 'Enter') void add();
						}}
					/>
				</div>
				<Button icon={Plus} onClick={() => void add()}>
					{t('Add folder')}
				</Button>
			</div>
			{folders.length === 0 ? (
				<p className="text-xs text-ink-3">{t('No folder yet: the file tools can read nothing.')}</p>
			) : (
				<ul aria-label={t('Folders that may be read')} className="flex flex-col gap-2">
					{folders.map((folder) => (
						<li key={folder}>
							<SettingRow label={<span className="font-mono text-xs [overflow-wrap:anywhere]">{folder}</span>}>
								<Button
									kind="danger"
									aria-label={t('Remove {name}', { name: folder })}
									onClick={() => void remove(folder)}
								>
									{t('Remove')}
								</Button>
							</SettingRow>
						</li>
					))}
				</ul>
			)}
		</section>
	);
}
