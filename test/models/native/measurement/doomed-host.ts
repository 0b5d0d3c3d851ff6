import { openMeasurement } from '../../../../models/native/measurement/session.ts';
import { asked } from './ask.ts';

// Opens a session, keeps it working, and prints its process id.
const session = await openMeasurement({ model: process.argv[2]!, width: 4, threads: 1 });
void session.generate(Array.from({ length: 2000 }, (_, index) => asked(`the sea ${index}`, { maxTokens: 400 }, index)));
process.send?.({ pid: session.processId });
