import { GraduationCap } from 'lucide-react';
import type { TrainingData } from '../../electron/contract/adaptation/schema.ts';
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
