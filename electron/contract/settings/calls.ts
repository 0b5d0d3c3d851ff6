import { call } from '../call.ts';
import { settingsSchema } from './schema.ts';

export const settingsCalls = {
	get: call.output(settingsSchema),
	set: call.input(settingsSchema.partial()).output(settingsSchema),
};
