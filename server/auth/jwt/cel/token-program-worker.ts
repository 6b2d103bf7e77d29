import { serve } from '../../../../engines/cel/worker.ts'
import { evaluate, evaluator } from './evaluate.ts'

serve(evaluator, evaluate)
