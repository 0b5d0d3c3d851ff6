import type { ConversationContext } from '../../conversation/context.ts';
import {
	addPreset,
	applyPreset,
	changePreset,
	removePreset,
	setOptions,
} from '../../conversation/options/change-options.ts';
import { listPresets } from '../../settings/presets/presets.ts';
import type { Implementer } from '../implementer.ts';

export function presetHandlers(os: Implementer, context: ConversationContext) {
	const { presets } = os;
	return {
		list: presets.list.handler(() => ({ presets: [...listPresets(context.database)] })),
		create: presets.create.handler(({ input }) => addPreset(context, input)),
		update: presets.update.handler(({ input: { id, ...preset } }) => changePreset(context, id, preset)),
		remove: presets.remove.handler(({ input }) => ({ conversations: removePreset(context, input.id) })),
	};
}

/** Part of the calls of `conversations`. */
export function optionHandlers(os: Implementer, context: ConversationContext) {
	const { conversations } = os;
	return {
		setOptions: conversations.setOptions.handler(({ input: { id, ...choices } }) => setOptions(context, id, choices)),
		applyPreset: conversations.applyPreset.handler(({ input }) => applyPreset(context, input.id, input.presetId)),
	};
}
