import { GraduationCap } from 'lucide-react';
import type { TrainingData, TrainingSummary } from '../../electron/contract/adaptation/schema.ts';
import type { Command } from '../app/command.ts';
import { t } from '../messages/t.ts';
import type { Services } from '../services.ts';

type Used = Pick<Services, 'layout' | 'models' | 'trainings'>;

/** Opens the form for a new training on Models, Training. */
export function openFineTune(
	{ layout, models, trainings }: Used,
	{ data = null, modelFileId = null }: { data?: TrainingData | null; modelFileId?: number | null } = {},
): void {
	models.view.setState({ tab: 'training' });
	trainings.plan({ data, modelFileId });
	layout.go({ section: 'models' });
}

/** Opens a training on Models, Training. */
export function openTraining({ layout, models, trainings }: Used, id: number): void {
	models.view.setState({ tab: 'training' });
	layout.go({ section: 'models' });
	void trainings.choose(id);
}

/** Announces a training that ended by itself, on any other screen. */
export function announceTrainingEnd(
	{ layout, models, toasts, trainings }: Used & Pick<Services, 'toasts'>,
	run: TrainingSummary,
): void {
	const isShown =
		layout.state.getState().route.section === 'models' &&
		models.view.getState().tab === 'training' &&
		trainings.state.getState().shown?.id === run.id;
	if (isShown) return;
	const { name, failure } = run;
	if (run.status === 'failed') {
		toasts.fail(
			failure === null
				? t('{name} stopped: unknown cause', { name })
				: t('{name} stopped: {message}', { name, message: failure.message }),
		);
		return;
	}
	toasts.show({
		text: t('{name} is trained. Compare it with its base.', { name }),
		icon: GraduationCap,
		everywhere: true,
		action: { label: t('Show'), run: () => openTraining({ layout, models, trainings }, run.id) },
	});
}

export function listTrainingCommands(services: Services): Command[] {
	return [
		{
			id: 'fine-tune',
			label: t('Fine-tune a model'),
			synonyms: t('train teach lora adapter adapt sft dpo distil learn'),
			icon: GraduationCap,
			run: () => openFineTune(services),
		},
	];
}
