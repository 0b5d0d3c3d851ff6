import { useState } from 'react';
import type {
	TrainingConfig,
	TrainingConfigInput,
	TrainingExportFormat,
} from '../../electron/contract/adaptation/schema.ts';
import { ActionDialog, DialogField } from '../app/action-dialog.tsx';
import { Segmented } from '../design/segmented.tsx';
import { TextField } from '../design/text-field.tsx';
import { readEnteredPath } from '../library/entered-path.ts';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';

/** Names of the programs; not translated. */
const programs: Readonly<Record<TrainingExportFormat, string>> = {
	trl: 'TRL',
	unsloth: 'Unsloth',
	axolotl: 'Axolotl',
	'mlx-lm': 'MLX-LM',
};

const formats = ['trl', 'unsloth', 'axolotl', 'mlx-lm'] as const;

/** Shows the form of a path; not translated. */
const exampleFolder = '/home/me/for-gpu';

/** Writes the samples with a ready config, to train on a GPU elsewhere. */
export function ExportTrainingDialog({ config, onClose }: { config: TrainingConfigInput; onClose: () => void }) {
	const { connection, toasts } = useServices();
	const [format, setFormat] = useState<TrainingExportFormat>('trl');
	const [folder, setFolder] = useState('');
	return (
		<ActionDialog
			title={t('Export to train elsewhere')}
			text={t(
				'Writes the samples and a ready config into a folder, to train on another computer’s GPU. Bring the adapter back with “Import adapter” under Models.',
			)}
			action={t('Export')}
			busy={t('Writing')}
			missing={folder.trim() === '' ? t('Enter a path to write to') : undefined}
			onClose={onClose}
			onAct={async () => {
				const path = readEnteredPath(folder);
				const written = await connection.client.training.export({
					...(config as TrainingConfig),
					format,
					folder: path,
				});
				toasts.show({
					text: t(
						'Exported {train, plural, one {# sample} other {# samples}} to learn from and {validation} to validate to {path}',
						{ train: written.train, validation: written.validation, path },
					),
				});
			}}
		>
			<DialogField label={t('Program')}>
				<Segmented
					label={t('Program')}
					value={format}
					onChange={setFormat}
					options={formats.map((value) => ({ value, label: programs[value] }))}
				/>
			</DialogField>
			<TextField
				label={t('Path of the folder')}
				placeholder={exampleFolder}
				mono
				autoFocus
				autoComplete="off"
				spellCheck={false}
				value={folder}
				onChange={(event) => setFolder(event.target.value)}
			/>
		</ActionDialog>
	);
}
