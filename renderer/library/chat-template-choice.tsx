import { useEffect, useState } from 'react';
import type { ModelFile, ModelTemplate } from '../../electron/contract/library/schema.ts';
import { isConnectionLoss } from '../connection/failure.ts';
import { Button } from '../design/button.tsx';
import { t } from '../messages/t.ts';
import { useServices } from '../services.ts';
import { ChatTemplateDialog } from './chat-template-dialog.tsx';

/** Which chat template is used instead of the file's own, and the button to choose one. */
export function TemplateChoice({ model }: { model: ModelFile }) {
	const { connection } = useServices();
	const [template, setTemplate] = useState<ModelTemplate | null>(null);
	const [names, setNames] = useState<ReadonlyMap<string, string>>(new Map());
	const [choosing, setChoosing] = useState(false);
	// biome-ignore lint/correctness/useExhaustiveDependencies: read again once the dialog has closed
	useEffect(() => {
		let current = true;
		const { models } = connection.client;
		Promise.all([models.chatTemplate({ id: model.id }), models.templateFamilies()]).then(
			([found, { families }]) => {
				if (!current) return;
				setTemplate(found);
				setNames(new Map(families.map(({ id, name }) => [id, name])));
			},
			(error: unknown) => {
				if (!isConnectionLoss(error) && current) setTemplate(null);
			},
		);
		return () => {
			current = false;
		};
	}, [connection, model.id, choosing]);
	if (template === null) return null;
	const { chosen } = template;
	return (
		<section aria-label={t('Chosen chat template')} className="-mt-1 flex flex-col items-start gap-2">
			{chosen === null ? null : (
				<p className="text-xs text-ink-2">
					{describeChoice(
						chosen.family === null ? null : (names.get(chosen.family) ?? chosen.family),
						template.file !== null,
					)}
				</p>
			)}
			<Button size="sm" onClick={() => setChoosing(true)}>
				{chosen === null ? t('Choose a template') : t('Change the template')}
			</Button>
			{choosing ? <ChatTemplateDialog model={model} onClose={() => setChoosing(false)} /> : null}
		</section>
	);
}

/** `family`: name of the known template, null for the user's own; `replaces`: the file has one as well. */
function describeChoice(family: string | null, replaces: boolean): string {
	if (family === null)
		return replaces ? t('Uses your own template instead of this one.') : t('Uses your own template.');
	return replaces
		? t('Uses the {family} template instead of this one.', { family })
		: t('Uses the {family} template.', { family });
}
