export { accessOf, type LeasebookAccess } from './leasebook.guard.js';
export { LeasebookModule } from './leasebook.module.js';
export { leasebookPlainRefusal } from './problem.js';
