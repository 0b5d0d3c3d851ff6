import { Ellipsis, FileInput, FileOutput } from 'lucide-react';
import { useRef } from 'react';
import { toFailure } from '../../connection/failure.ts';
import { saveText } from '../../connection/save-file.ts';
import { iconButtonClass } from '../../design/button.tsx';
import { Icon } from '../../design/icon.tsx';
import { Menu, MenuItem } from '../../design/menu.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { describeMissing, toRunConfig } from './run-draft.ts';
import type { Plan } from './use-plan.ts';

/** Largest config file, in bytes: config files are short texts. */
const longestFile = 1_000_000;

/** Saves the form as a file for `assay eval run`, or loads it from one. */
export function ConfigMenu({ plan }: { plan: Plan }) {
	const { connection, toasts } = useServices();
	const field = useRef<HTMLInputElement>(null);
	const { draft } = plan;
	async function save(): Promise<void> {
		const config = toRunConfig(draft);
		if (config === null) {
			toasts.note({
				text: t('A config file must be complete. {step} first.', {
					step: describeMissing(draft) ?? t('Choose a dataset'),
				}),
			});
			return;
		}
		try {
			const { fileName, text } = await connection.client.evaluations.configFile.write(config);
			if ((await saveText(fileName, [text])) !== null)
				toasts.show({ text: t('Saved. Run it with: assay eval run {fileName}', { fileName }) });
		} catch (error) {
			toasts.fail(toFailure(error).message);
		}
	}
	async function read(file: File | undefined): Promise<void> {
		if (file === undefined) return;
		if (file.size > longestFile) toasts.fail(t('{name} is too large for a config file.', { name: file.name }));
		else await plan.load(file.name, await file.text());
	}
	return (
		<>
			<input
				ref={field}
				type="file"
				accept=".yaml,.yml,.json"
				aria-label={t('Config file')}
				className="hidden"
				onChange={(event) => {
					const [file] = event.target.files ?? [];
					event.target.value = '';
					void read(file);
				}}
			/>
			<Menu
				width={240}
				trigger={
					<button type="button" aria-label={t('More for this form')} className={iconButtonClass()}>
						<Icon of={Ellipsis} />
					</button>
				}
			>
				<MenuItem icon={FileOutput} onSelect={() => void save()}>
					{t('Save as config file')}
				</MenuItem>
				<MenuItem icon={FileInput} onSelect={() => field.current?.click()}>
					{t('Load from config file')}
				</MenuItem>
			</Menu>
		</>
	);
}
