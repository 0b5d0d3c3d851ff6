export {
	type Inspection,
	inspectionSchema,
	type Risk,
} from '../../../models/contract/inspection.ts';
