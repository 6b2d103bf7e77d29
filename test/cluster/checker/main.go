// Reads operations, one JSON object a line, and says of which histories no order explains what clients saw.
// The search is porcupine's (https://github.com/anishathalye/porcupine); here are only the models of what is checked.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"sort"
	"strings"
	"time"

	"github.com/anishathalye/porcupine"
)

// How long one part of a history may be searched. What takes longer is reported as undecided.
const searchAtMost = 60 * time.Second

type operation struct {
	History int    `json:"history"`
	Part    string `json:"part"`
	Kind    string `json:"kind"`
	Client  int    `json:"client"`
	// Microseconds. Until -1: nobody knows whether and when it was done.
	From  int64  `json:"from"`
	Until int64  `json:"until"`
	Do    string `json:"do"`
	Name  string `json:"name"`
	Value string `json:"value"`
	Cas   int    `json:"cas"`
	// What came of it.
	Ok      bool     `json:"ok"`
	Found   string   `json:"found"`
	Version int      `json:"version"`
	Names   []string `json:"names"`
}

func (op operation) isKnown() bool { return op.Until >= 0 }

// A versioned secret: each write makes the next version, a delete hides the newest.
type register struct {
	version int
	value   string
	hidden  bool
}

func stepRegister(state, input, _ any) (bool, any) {
	now, op := state.(register), input.(operation)
	switch op.Do {
	case "read":
		if now.version == 0 || now.hidden {
			return !op.Ok, now
		}
		return op.Ok && op.Found == now.value && op.Version == now.version, now
	case "write", "cas":
		if op.Do == "cas" && op.Cas != now.version {
			return !op.isKnown() || !op.Ok, now
		}
		next := register{now.version + 1, op.Value, false}
		return !op.isKnown() || (op.Ok && op.Version == next.version), next
	case "delete":
		return true, register{now.version, now.value, true}
	}
	panic("no such operation on a register: " + op.Do)
}

// A folder of plain secrets, written as name=value;… in order.
func stepFolder(state, input, _ any) (bool, any) {
	op := input.(operation)
	held := map[string]string{}
	for _, pair := range strings.Split(state.(string), ";") {
		if name, value, isPair := strings.Cut(pair, "="); isPair {
			held[name] = value
		}
	}
	switch op.Do {
	case "read":
		value, isThere := held[op.Name]
		return op.Ok == isThere && op.Found == value, state
	case "list":
		if len(op.Names) != len(held) {
			return false, state
		}
		for _, name := range op.Names {
			if _, isThere := held[name]; !isThere {
				return false, state
			}
		}
		return true, state
	case "write":
		held[op.Name] = op.Value
	case "delete":
		delete(held, op.Name)
	default:
		panic("no such operation on a folder: " + op.Do)
	}
	pairs := make([]string, 0, len(held))
	for name, value := range held {
		pairs = append(pairs, name+"="+value)
	}
	sort.Strings(pairs)
	return true, strings.Join(pairs, ";")
}

// A token: valid until it is revoked.
func stepToken(state, input, _ any) (bool, any) {
	isValid, op := state.(bool), input.(operation)
	switch op.Do {
	case "use":
		return op.Ok == isValid, isValid
	case "revoke":
		return true, false
	}
	panic("no such operation on a token: " + op.Do)
}

var models = map[string]porcupine.Model{
	"register": {Init: func() any { return register{} }, Step: stepRegister},
	"folder":   {Init: func() any { return "" }, Step: stepFolder},
	"token":    {Init: func() any { return true }, Step: stepToken},
}

type part struct {
	history int
	name    string
}

func main() {
	parts := map[part][]operation{}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var op operation
		if err := json.Unmarshal(lines.Bytes(), &op); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		key := part{op.History, op.Part}
		parts[key] = append(parts[key], op)
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	checked := 0
	for key, ops := range parts {
		history := make([]porcupine.Operation, len(ops))
		for at, op := range ops {
			until := op.Until
			if !op.isKnown() {
				until = math.MaxInt64
			}
			history[at] = porcupine.Operation{ClientId: op.Client, Input: op, Call: op.From, Output: nil, Return: until}
		}
		switch porcupine.CheckOperationsTimeout(models[ops[0].Kind], history, searchAtMost) {
		case porcupine.Illegal:
			fmt.Printf("illegal %d %s\n", key.history, key.name)
		case porcupine.Unknown:
			fmt.Printf("undecided %d %s\n", key.history, key.name)
		}
		checked += len(ops)
	}
	fmt.Printf("checked %d operations in %d parts\n", checked, len(parts))
}
