import type { ModelFile } from '../../../electron/contract/library/schema.ts';
import { Button } from '../../design/button.tsx';
import { formatBytes, phraseSeparator } from '../../design/format.ts';
import { AdaptedModels } from '../../library/adapted-models.tsx';
import { t } from '../../messages/t.ts';
import { useServices } from '../../services.ts';
import { FormPart } from './form-part.tsx';
import { InlineCheckbox } from './inline-fields.tsx';
import { joinModels, type RunDraft, splitModels } from './run-draft.ts';

/** Chooses the models that answer, each a column of the result. */
export function ModelPart({
	draft,
	files,
	change,
}: {
	draft: RunDraft;
	files: readonly ModelFile[];
	change: (part: Partial<RunDraft>) => void;
}) {
	const { layout } = useServices();
	const usable = files.filter(({ problem, kind }) => problem === null && kind === 'model');
	const { plain: ids, adapted } = splitModels(draft);
	return (
		<FormPart title={t('Models')} hint={t('Each is a column of the result.')}>
			{usable.length === 0 ? (
				<>
					<p className="text-ink-2">{t('There is no model on this computer yet.')}</p>
					<Button onClick={() => layout.go({ section: 'models' })}>{t('Go to Models')}</Button>
				</>
			) : (
				<div className="relative flex max-h-56 w-full flex-col overflow-y-auto pl-1.5 -ml-1.5">
					{usable.map((file) => (
						<InlineCheckbox
							key={file.id}
							label={`${file.name} ${file.quantization}`}
							checked={ids.includes(file.id)}
							onChange={() =>
								change(
									joinModels(ids.includes(file.id) ? ids.filter((id) => id !== file.id) : [...ids, file.id], adapted),
								)
							}
						>
							<span className="truncate">{file.name}</span>
							<span className="flex-none font-mono text-xs text-ink-2">{file.quantization}</span>
							<span className="flex-none text-xs text-ink-3 tabular-nums">
								{[
									formatBytes(file.sizeBytes),
									...(file.default ? [t('default')] : []),
									...(file.chat ? [] : [t('base model')]),
								].join(phraseSeparator('comma'))}
							</span>
						</InlineCheckbox>
					))}
				</div>
			)}
			<AdaptedModels
				value={adapted}
				files={usable}
				preferred={ids}
				onChange={(next) => change(joinModels(ids, next))}
			/>
		</FormPart>
	);
}
